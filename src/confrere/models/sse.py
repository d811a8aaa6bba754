"""Server-sent events, parsed as they come (WHATWG HTML, 9.2.6). Only ``data`` matters to the protocols spoken here."""

from __future__ import annotations

from collections.abc import AsyncIterator

from confrere.models.http import Broken


async def data_lines(blocks: AsyncIterator[bytes], limit: int) -> AsyncIterator[str]:
    """Yield the data of each event. A last event without its blank line is not delivered, as the standard says.

    Raises Broken when one event is not UTF-8 or is larger than ``limit`` bytes.
    """
    rest = b""
    data: list[bytes] = []
    size = 0
    first = True
    async for block in blocks:
        # A CR at the end of a block may be half of a CRLF: keep it for the next.
        rest += block
        whole, rest = (rest[:-1], rest[-1:]) if rest.endswith(b"\r") else (rest, b"")
        lines = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = lines.pop() + rest
        if len(rest) + size > limit:
            raise Broken(f"one event is larger than {limit} bytes")
        for line in lines:
            if first:
                first = False
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line:
                if data:
                    try:
                        yield b"\n".join(data).decode()
                    except UnicodeDecodeError as error:
                        raise Broken("an event is not UTF-8") from error
                data, size = [], 0
                continue
            field, _, value = line.partition(b":")
            if field == b"data":
                data.append(value[1:] if value.startswith(b" ") else value)
                size += len(value)
