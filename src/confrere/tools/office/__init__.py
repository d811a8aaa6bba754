"""What an office does with a folder: look, sort, rename, find duplicates, recap, deck, report, index, minutes, PDFs, data.

Each module holds one tool or what several share (``scope``, ``names``, ``records``). They serve the builtin model and
language models alike; a tool reaches files through the view only, and takes every decision once, through ``memo``.
"""
