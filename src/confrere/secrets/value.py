"""A secret in memory that never shows itself."""

from __future__ import annotations

import hmac
from types import TracebackType
from typing import Any, NoReturn


class SecretValue:
    """A key or password on its way to the one host it was asked for.

    Only ``reveal`` gives the text. Printing, formatting, pickling, copying and JSON give nothing or refuse. ``wipe`` (also at the
    end of a ``with`` block and when collected) zeroes the bytes kept here; copies that Python made of revealed text are beyond reach.
    """

    __slots__ = ("__weakref__", "_bytes")
    __hash__ = None  # type: ignore[assignment]  # a set or dict of secrets has no use, and would compare them in variable time

    def __init__(self, text: str) -> None:
        self._bytes = bytearray(text, "utf-8")

    def reveal(self) -> str:
        """The secret itself. Call it at the last moment, keep the result in no attribute. Raises ValueError once wiped."""
        if not self._bytes:
            raise ValueError("this secret was wiped")
        return self._bytes.decode()

    def wipe(self) -> None:
        """Overwrite the bytes with zeros and forget them."""
        for index in range(len(self._bytes)):
            self._bytes[index] = 0
        self._bytes.clear()

    def __eq__(self, other: object) -> bool:
        """Compare in constant time with another secret; never equal to anything else."""
        return isinstance(other, SecretValue) and hmac.compare_digest(self._bytes, other._bytes)

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        return "<secret>"

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("a secret is not copied, stored or serialised; call reveal() where it is used")

    __reduce_ex__ = _refuse
    __reduce__ = _refuse
    __getstate__ = _refuse
    __copy__ = _refuse
    __deepcopy__ = _refuse
    __bytes__ = _refuse
    __iter__ = _refuse

    def __enter__(self) -> SecretValue:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.wipe()

    def __del__(self) -> None:
        if hasattr(self, "_bytes"):
            self.wipe()

    def __init_subclass__(cls, **_: Any) -> NoReturn:
        raise TypeError("SecretValue has no subclasses: one could show what this one hides")
