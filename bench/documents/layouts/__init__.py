"""Office papers made for measuring, in layouts of many trades and countries: ``python -m bench.documents.layouts DIR [--set a|b]``.

Here live the maker of pages (HTML printed by Chromium, Word by LibreOffice, till rolls drawn and photographed), the invented firms and their
numbers, and one function a layout. What reads or grades belongs elsewhere, save ``score``, which runs the command a person types.
"""
