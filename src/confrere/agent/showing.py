"""What a model is shown of a task: nothing that is secret, nothing that looks like a key, and how private the rest is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from confrere.models.messages import Message
from confrere.policy.labels import Confidentiality, Integrity, Label, join_all, parse

if TYPE_CHECKING:
    from confrere.policy.manifest import Manifest
    from confrere.secrets.redact import Redactor

WITHHELD = "[This is secret: it is not shown to a model.]"

_UNSAID = Label(Integrity.UNTRUSTED, Confidentiality.PRIVATE)


def label_of(message: Message) -> Label:
    """What may see a message. A tool's answer without a label (a refusal, an error) is as private as what it may repeat."""
    if message.label in ("", "person", "model"):
        return _UNSAID if message.role == "tool" else Label()
    return parse(message.label)


def label_of_error(manifest: Manifest) -> str:
    """The label of an error's words: those of a tool whose results are secret are no less; others have none of their own."""
    return Label(Integrity.UNTRUSTED, Confidentiality.SECRET).text() if manifest.confidentiality == "secret" else ""


class Shown:
    """The messages as a language model gets them. Those of a task are only ever added to: each is looked at once."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._seen: dict[int, tuple[Message, Message, Label]] = {}

    def of(self, messages: Iterable[Message]) -> tuple[list[Message], Label, Counter[str]]:
        """What goes, the label of all of it, and how much was taken out of what had not been looked at, by kind."""
        out: list[Message] = []
        labels: list[Label] = []
        found: Counter[str] = Counter()
        for message in messages:
            known = self._seen.get(id(message))
            if known is None or known[0] is not message:
                known = (message, *self._look(message, found))
                self._seen[id(message)] = known
            out.append(known[1])
            labels.append(known[2])
        return out, join_all(labels), found

    def _look(self, message: Message, found: Counter[str]) -> tuple[Message, Label]:
        label = label_of(message)
        if label.confidentiality is Confidentiality.SECRET:
            found["secret"] += 1
            return msgspec.structs.replace(message, text=WITHHELD), Label(label.integrity)
        text = self._redactor.redact(message.text)
        found.update(text.found)
        return message if text.clean else msgspec.structs.replace(message, text=text.text), label
