"""The small family of errors: a sentence for people, data for programs, an exit status for scripts."""

from __future__ import annotations

from confrere.messages import say


class ConfrereError(Exception):
    """Something a person can understand and act on.

    ``key`` names a sentence in the catalogue (``area.name``); ``data`` fills its blanks. The sentence says
    what happened, what is safe and what to do. ``status`` is the exit status of the command line.
    """

    status = 1

    def __init__(self, key: str, **data: object) -> None:
        super().__init__(key, data)
        self.key = key
        self.data = data

    def sentence(self, language: str) -> str:
        return say(self.key, language, **self.data)

    def __str__(self) -> str:
        return self.sentence("en")


class Failed(ConfrereError):
    """The work could not be done."""

    status = 1


class WrongUse(ConfrereError):
    """The person asked in a way that cannot be carried out: a bad argument, a folder that is not there."""

    status = 2


class Waiting(ConfrereError):
    """Someone must answer before the work goes on."""

    status = 3


class Refused(ConfrereError):
    """Policy forbids it."""

    status = 4


class Stopped(ConfrereError):
    """The person stopped it."""

    status = 5
