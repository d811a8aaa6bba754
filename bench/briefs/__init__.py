"""481 briefs by many hands, half French, and how many of them the builtin model understands.

``briefs.jsonl`` holds one brief a line: the hand (formal, terse, polite, chatty, non-native, slang, negation, dates, mixed,
multi, other), its language, its half and what it means, in a small notation::

    sort by=client,year only.types=invoice; recap; refuse deck; leave kinds=image; beyond mail; unknown

A part is a wish (operation, parameters, the files it is about), ``refuse`` an operation, ``leave`` files out of everything,
``beyond`` something out of reach, ``chat``, or ``unknown``: some words must be reported as not understood.

What is not right is counted as *said* (something was reported, nothing else was planned) or *wrong* (the plan errs, or leaves a
wish out in silence). A half is only a measure until its failures are looked at. First looks, before any rule was made from them:

=========  =======  =======  ======  =======
half       briefs   right    said    wrong
=========  =======  =======  ======  =======
held-out   100      74       --      --
blind      42       26       --      --
fresh      59       32       12      15
aside      60       39       7       14
=========  =======  =======  ======  =======

``fresh`` and ``aside`` are one set of 119, written before a second round of rules and halved by the hash of their words. The rules
were widened on ``fresh`` (now 59 of 59) and on briefs of no list; ``aside``, still unseen, then gave **46 right, 5 said, 9
wrong**: the figure to believe for new words. Its failures have been looked at since. ``dev`` was written before the first rules
and tuned on (57 of 100 at its first run). Seven labels were changed when they contradicted the notation of older ones, and nineteen say since which side
("dépenses", "sales") they mean, which older rules left out.
"""
