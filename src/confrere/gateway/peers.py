"""Which user is at the other end of a connection to this machine, as the kernel tells."""

from __future__ import annotations

import os
import socket
import struct
import sys

NOBODY = -1  # nobody holds the other end any more
_DIAGNOSE = 20  # SOCK_DIAG_BY_FAMILY, linux/sock_diag.h
_HEAD, _ASKED, _PLACE = struct.Struct("=IHHII"), struct.Struct("=BBBBI"), struct.Struct("=IIIII")


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


def of_this_machine(peer: str, own: str) -> bool:
    """Whether a connection comes from this machine itself: all of 127.0.0.0/8 does, and what comes from the address it goes to."""
    return peer == own or peer == "::1" or _plain(peer).startswith("127.")


def _plain(address: str) -> str:
    """An IPv4 address that came through an IPv6 socket, as IPv4."""
    return address[7:] if address.lower().startswith("::ffff:") and "." in address else address


def loopback_peer(peer: tuple[str, int], own: tuple[str, int]) -> int | None:
    """The user id of the process that connected from ``peer`` to ``own``, both on this machine (Linux); NOBODY where it has closed its
    end already; None where that cannot be told."""
    peer, own = (_plain(peer[0]), peer[1]), (_plain(own[0]), own[1])
    try:
        return _asked(peer, own)
    except OSError:
        return _listed(peer, own)


def _asked(peer: tuple[str, int], own: tuple[str, int]) -> int | None:
    """The kernel's answer about this one connection (sock_diag(7)): the table of all of them may be long."""
    family = socket.AF_INET6 if ":" in peer[0] else socket.AF_INET
    ends = struct.pack("!HH", peer[1], own[1]) + b"".join(
        socket.inet_pton(family, address.partition("%")[0]).ljust(16, b"\0") for address in (peer[0], own[0])
    )
    body = _ASKED.pack(family, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF) + ends + struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
    with socket.socket(getattr(socket, "AF_NETLINK", -1), socket.SOCK_RAW | socket.SOCK_CLOEXEC, 4) as line:
        line.settimeout(1)
        line.send(_HEAD.pack(_HEAD.size + len(body), _DIAGNOSE, 1, 1, 0) + body)
        data = line.recv(4096)
    if len(data) < 88 or _HEAD.unpack_from(data)[1] != _DIAGNOSE:
        raise OSError("no answer about this connection")
    _, _, _, uid, inode = _PLACE.unpack_from(data, 16 + 4 + 48)
    return int(uid) if inode else NOBODY


def _listed(peer: tuple[str, int], own: tuple[str, int]) -> int | None:
    """The same from the table of all connections, where the kernel does not answer about one."""
    version = 6 if ":" in peer[0] else 4
    try:
        with open(f"/proc/self/net/tcp{'6' if version == 6 else ''}", encoding="ascii") as table:
            wanted = (_address(peer, version), _address(own, version))
            for line in table:
                fields = line.split()
                if len(fields) > 9 and (fields[1], fields[2]) == wanted:
                    return int(fields[7]) if fields[9] != "0" else NOBODY
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
