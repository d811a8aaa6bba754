"""Lists of very many entries: the same as plain ones, and small."""

import os
import tracemalloc

from confrere.workspace.packed import Infos
from confrere.workspace.tree import Info


def test_a_packed_list_is_the_list():
    kinds = ["file", "dir", "file", "symlink", "special"]
    names = ["a", "é", "e\u0301", "new\nline", os.fsdecode(b"latin\xe9"), "🦊" * 60, ""]
    plain = [Info(f"Clients/{name}", kinds[n % 5], n * 10**12, -n * 10**9, 0o7777 - n) for n, name in enumerate(names)]
    packed = Infos(plain)
    assert list(packed) == plain and len(packed) == len(plain)
    assert packed[0] == plain[0] and packed[-1] == plain[-1]
    assert list(packed[1:4]) == plain[1:4]
    assert list(reversed(packed)) == plain[::-1]
    assert not Infos()


def test_it_costs_less_than_a_hundred_bytes_an_entry():
    count = 20_000
    tracemalloc.start()
    try:
        packed = Infos(Info(f"Clients/2026/03/paper number {n}.pdf", "file", n, n * 10**9, 0o644) for n in range(count))
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(packed) == count
    assert held / count < 100
