"""Which user is at the other end of a connection to this machine, as the kernel tells."""

from __future__ import annotations

import os
import socket
import struct
import sys


def unix_peer(sock: socket.socket) -> int | None:
    """The user id of the process at the other end of a Unix socket; None where the system does not tell."""
    if hasattr(socket, "SO_PEERCRED"):
        _, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
        return int(uid)
    if sys.platform == "darwin":
        # struct xucred: version, uid, number of groups, groups
        data = sock.getsockopt(0, 1, struct.calcsize("IIh16I"))
        return int(struct.unpack_from("II", data)[1])
    return None


def loopback_peer(peer: tuple[str, int], own: tuple[str, int]) -> int | None:
    """The user id of the process that connected from ``peer`` to ``own``, both on loopback (Linux); None where that cannot be told."""
    version = 6 if ":" in peer[0] else 4
    try:
        with open(f"/proc/self/net/tcp{'6' if version == 6 else ''}", encoding="ascii") as table:
            wanted = (_address(peer, version), _address(own, version))
            for line in table:
                fields = line.split()
                if len(fields) > 7 and (fields[1], fields[2]) == wanted:
                    return int(fields[7])
    except (OSError, ValueError):
        return None
    return None


def _address(address: tuple[str, int], version: int) -> str:
    """An address as the kernel's table writes it: 32-bit words in the machine's order, the port in hexadecimal."""
    raw = socket.inet_pton(socket.AF_INET6 if version == 6 else socket.AF_INET, address[0].partition("%")[0])
    words = struct.unpack(f">{len(raw) // 4}I", raw)
    if sys.byteorder == "little":
        words = struct.unpack(f"<{len(raw) // 4}I", raw)
    return "".join(f"{word:08X}" for word in words) + f":{address[1]:04X}"


def allowed(uid: int | None) -> bool:
    """Whether a connection from this user may speak: ourselves, the administrator, or unknown to the system."""
    return uid is None or uid in (os.geteuid(), 0)
