"""Host names as a secret's permission writes them: ``api.example.com``, ``localhost:8080``, ``[::1]:80``, ``*.example.com``."""

from __future__ import annotations

import ipaddress
import re

from confrere.errors import WrongUse

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_WITH_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?")


def canonical_host(host: str) -> str:
    """``host`` in lower case, ASCII (IDNA), without a final dot; an address in its shortest form; ``:port`` kept.

    Raises WrongUse when it is no host: a URL, a user name before ``@``, a path, an empty name.
    """
    try:
        return _canonical(host)
    except (ValueError, UnicodeError):
        raise WrongUse("secrets.bad-host", host=host[:200]) from None


def canonical_pattern(pattern: str) -> str:
    """As ``canonical_host``; ``*.`` may stand before a name of two labels or more."""
    if pattern.startswith("*."):
        rest = canonical_host(pattern[2:])
        if "." not in rest.partition(":")[0] or re.fullmatch(r"[0-9.]+", rest.partition(":")[0]):
            raise WrongUse("secrets.bad-host", host=pattern[:200])
        return "*." + rest
    return canonical_host(pattern)


def allows(pattern: str, host: str) -> bool:
    """Whether a canonical ``host`` is covered. A pattern without a port covers every port; ``*.`` covers subdomains, not the domain."""
    wanted, wanted_port = _split(pattern)
    name, port = _split(host)
    if wanted_port and wanted_port != port:
        return False
    return name.endswith(wanted[1:]) and len(name) > len(wanted) - 1 if wanted.startswith("*.") else name == wanted


def _split(host: str) -> tuple[str, str]:
    found = _WITH_PORT.fullmatch(host)
    return (found[1], found[2] or "") if found else (host, "")


def _canonical(host: str) -> str:
    found = _WITH_PORT.fullmatch(host.strip())
    if not found or not found[1]:
        raise ValueError(host)
    name, port = found[1], found[2]
    if port is not None and not 0 < int(port) < 65_536:
        raise ValueError(host)
    if name.startswith("["):
        name = f"[{ipaddress.IPv6Address(name[1:-1])}]"
    elif re.fullmatch(r"[0-9.]+", name):
        name = str(ipaddress.IPv4Address(name))
    else:
        name = name.rstrip(".").encode("idna").decode("ascii").lower()
        if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
            raise ValueError(host)
    return f"{name}:{int(port)}" if port else name
