"""200 briefs by five hands, half French, and how many of them the builtin model understands.

``briefs.jsonl`` holds one brief a line: the hand (formal, terse, chatty, non-native, slang), its language, its half (dev, or
held-out: chosen by the hash of its words) and what it means, in a small notation::

    sort by=client,year only.types=invoice; recap; refuse deck; leave kinds=image; beyond mail; unknown

A part is a wish (operation, parameters, the files it is about), ``refuse`` an operation, ``leave`` files out of everything,
``beyond`` something out of reach, ``chat``, or ``unknown``: some words must be reported as not understood.
"""
