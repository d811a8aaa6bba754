"""Which hosts a list allows, and which addresses of the network are public."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_SPECIAL = [  # look public and are not: protocol assignments (a cloud's metadata too), old 6to4 relays, documentation, a cloud's own services
    ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")
]


def normal_host(text: str) -> str:
    """A host as it is compared: lower case, ASCII (IDNA), without the final dot; an address in its canonical form.

    Raises ValueError for what is neither a name nor an address.
    """
    text = text.strip("[]") if text.startswith("[") and text.endswith("]") else text
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if not text.isascii():
        try:
            text = text.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise ValueError("not a host name") from error
    name = text.lower().removesuffix(".")
    labels = name.split(".")
    if not name or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("not a host name")
    return name


def is_address(host: str) -> bool:
    """Whether a host in its normal form is an address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class HostList:
    """``example.org``, ``*.example.org`` (what is below it, not itself), each with ``:port`` for that port only.

    Without a port: 80 and 443. Raises ValueError for an entry that is none of these.
    """

    def __init__(self, entries: Sequence[str] = ()) -> None:
        self.entries = [self.parse(entry) for entry in entries]

    @staticmethod
    def parse(entry: str) -> tuple[bool, str, tuple[int, ...]]:
        host, colon, port = entry.rpartition(":")
        if not colon or not port.isdecimal() or (":" in host and not host.startswith("[")):
            host, port = entry, ""
        below = host.startswith("*.")
        ports = (int(port),) if port else (80, 443)
        if not all(0 < number < 65536 for number in ports):
            raise ValueError(f"not a port: {entry}")
        return below, normal_host(host[2:] if below else host), ports

    def allows(self, host: str, port: int) -> bool:
        """``host`` in its normal form."""
        return any(port in ports and (host.endswith("." + name) if below else host == name) for below, name, ports in self.entries)


def is_public(text: str) -> bool:
    """Whether an address belongs to the open Internet: not this machine, not a private, shared, reserved or multicast range, and not an
    IPv6 address that only wraps an IPv4 one of those."""
    if "%" in text:
        return False
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if any(address in network for network in _SPECIAL):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64_LOCAL:
            return False
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64 or int(address) >> 32 == 0:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(wrapped is not None and not is_public(str(wrapped)) for wrapped in inner):
            return False
        if address.ipv4_mapped is not None or address in _NAT64:
            return True
        if address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_private or address.is_loopback or address.is_link_local
    )


def is_own(text: str) -> bool:
    """Whether an address is one of this machine's own: what is sent there never leaves it, whatever the address looks like."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((text, 9))
        except OSError:
            return False  # no way there at all
        return str(probe.getsockname()[0]) == text
