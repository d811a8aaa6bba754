"""Every module of layouts, so that importing it fills the list."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "french_trades",
    "french_bills",
    "french_services",
    "french_goods",
    "english",
    "english_bills",
    "northern",
    "southern",
    "tills_french",
    "tills_english",
    "office",
)


def load() -> None:
    """Enter all layouts into the list of ``paper``."""
    for name in MODULES:
        import_module(f"bench.documents.layouts.{name}")
