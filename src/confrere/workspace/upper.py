"""The upper layer, in Linux overlayfs's own on-disk format, so that the kernel can mount what file tools wrote.

* a *whiteout* (a character device 0/0, or an empty file with the xattr ``user.overlay.whiteout``) hides the lower entry of its name;
* an *opaque* directory (xattr ``user.overlay.opaque`` = "y") hides the whole lower directory of its name.

Source: the kernel's Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories", with ``userxattr``.

One thing is ours: a *placeholder*, a sparse file with the xattr ``user.confrere.origin``, stands for the content of a lower file that
was moved or copied. It costs no copying; ``View.materialise`` fills placeholders in before the kernel mounts the layer.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import NamedTuple

OPAQUE = "user.overlay.opaque"
WHITEOUT = "user.overlay.whiteout"
ORIGIN = "user.confrere.origin"  # view path of the lower file whose content this is; a leading "=" says the content is here too


def is_whiteout(status: os.stat_result, path: str) -> bool:
    if stat.S_ISCHR(status.st_mode):
        return status.st_rdev == 0
    return stat.S_ISREG(status.st_mode) and status.st_size == 0 and get(path, WHITEOUT) is not None


def make_whiteout(path: str) -> None:
    """Put a whiteout at ``path``, where nothing is."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o000, os.makedev(0, 0))
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EINVAL):
            raise
        with open(path, "xb"):
            pass
        os.setxattr(path, WHITEOUT, b"y")
        # the kernel looks for this form only in directories marked so
        os.setxattr(os.path.dirname(path), OPAQUE, get(os.path.dirname(path), OPAQUE) or b"x")


def is_opaque(path: str) -> bool:
    return get(path, OPAQUE) == b"y"


def make_opaque(path: str) -> None:
    os.setxattr(path, OPAQUE, b"y")


class Origin(NamedTuple):
    """Where the content of an upper file came from. ``here`` tells that the bytes are in the file itself."""

    path: str
    here: bool


def origin(path: str) -> Origin | None:
    value = get(path, ORIGIN)
    if value is None:
        return None
    return Origin(os.fsdecode(value.removeprefix(b"=")), value.startswith(b"="))


def set_origin(path: str, origin: Origin) -> None:
    """Raises OSError where the file system keeps no such attribute, or the path is too long for one."""
    os.setxattr(path, ORIGIN, (b"=" if origin.here else b"") + os.fsencode(origin.path))


def marked(path: str) -> bool:
    """Whether an upper entry carries attributes that mean something only there."""
    try:
        names = os.listxattr(path, follow_symlinks=False)
    except (OSError, AttributeError):
        return False
    return any(name.startswith(("user.overlay.", "user.confrere.")) for name in names)


def clear(path: str, attribute: str) -> None:
    try:
        os.removexattr(path, attribute)
    except OSError as error:
        if error.errno not in (errno.ENODATA, errno.ENOTSUP):
            raise


def get(path: str, attribute: str) -> bytes | None:
    try:
        return os.getxattr(path, attribute, follow_symlinks=False)
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.ENOTSUP, errno.ENOENT, errno.EPERM, errno.EACCES):
            return None
        raise
