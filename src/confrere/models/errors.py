"""Why a model gave no reply, each with its own sentence.

Keys, headers and addresses with passwords never enter an error: what a server said passes ``scrub`` first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from confrere.errors import Failed

_KEY_LIKE = re.compile(r"\b(?:sk|pk|gsk|xai|key|org)[-_][A-Za-z0-9_\-*.]{6,}|(?i:\bbearer\s+)[^\s\"',]+")
_LONGEST_DETAIL = 300


class ModelFailed(Failed):
    """A model could not answer, after its own retries. ``model`` is the name the person typed."""

    sentence_name = "failed"

    def __init__(self, model: str, **data: object) -> None:
        super().__init__(f"models.{self.sentence_name}", model=model, **data)


class NoKey(ModelFailed):
    """The provider needs a key and none is set. Data: ``variable``."""

    sentence_name = "no-key"


class Unreachable(ModelFailed):
    """No connection to the server. Data: ``where``, ``detail``."""

    sentence_name = "unreachable"


class KeyRefused(ModelFailed):
    """401 or 403. Data: ``status``, ``detail``."""

    sentence_name = "key-refused"


class NoCredit(ModelFailed):
    """The account has no money or quota left. Data: ``detail``."""

    sentence_name = "no-credit"


class RateLimited(ModelFailed):
    """Still 429 after the retries, or asked to wait longer than we may. Data: ``detail``."""

    sentence_name = "rate-limited"


class Overloaded(ModelFailed):
    """503 or 529 after the retries. Data: ``status``, ``detail``."""

    sentence_name = "overloaded"


class ServerError(ModelFailed):
    """Another 5xx after the retries. Data: ``status``, ``detail``."""

    sentence_name = "server-error"


class Rejected(ModelFailed):
    """Another 4xx: the request itself is not accepted, so it is not repeated. Data: ``status``, ``detail``."""

    sentence_name = "rejected"


class TimedOut(ModelFailed):
    """Silent for too long, or not finished by the deadline. Data: ``seconds``."""

    sentence_name = "timed-out"


class CutOff(ModelFailed):
    """The connection broke in the middle of the answer, each time. Data: ``detail``."""

    sentence_name = "cut-off"


class BadAnswer(ModelFailed):
    """What came back is not the protocol. Data: ``detail``."""

    sentence_name = "bad-answer"


class EmptyAnswer(ModelFailed):
    """Neither text nor calls, twice."""

    sentence_name = "empty-answer"


class Endless(ModelFailed):
    """The answer passed the byte bound. Data: ``bytes``."""

    sentence_name = "endless"


class ContextTooLong(ModelFailed):
    """The conversation does not fit in the model's context. Data: ``detail``."""

    sentence_name = "context-too-long"


class NoModel(ModelFailed):
    """The server answers and has no model at all. Data: ``where``."""

    sentence_name = "no-model-on-server"


class ModelUnknown(ModelFailed):
    """The server does not have this model. Data: ``near``, the nearest names it has, joined."""

    sentence_name = "unknown-on-server"

    def __init__(self, model: str, near: Iterable[str] = (), **data: object) -> None:
        names = list(near)
        if names:
            self.sentence_name = "unknown-on-server-near"
        super().__init__(model, near=", ".join(names), **data)


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Return what a server said on one short line, without the given ``secrets`` and without anything like a key."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "•••")
    text = " ".join(_KEY_LIKE.sub("•••", text).split())
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"


def error_text(raw: str) -> tuple[str, str]:
    """From the body of an error: all its text, to look for meaning in, and its message alone, to show."""
    try:
        body = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return raw, re.sub(r"<[^>]*>", " ", raw)
    inner = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(inner, dict):
        inner = inner.get("message") or inner.get("detail") or msgspec.json.encode(inner).decode()
    return raw, inner if isinstance(inner, str) else raw


_CONTEXT = re.compile(
    r"context[_ ]length|context[_ ]size|context[_ ]window|maximum context|prompt is too long|too many tokens"
    r"|input is too long|exceeds? the (?:model's |available )?(?:maximum )?(?:context|number of tokens)",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"insufficient[_ ](?:quota|credit|balance|funds)|credit balance|out of credits?|billing", re.IGNORECASE)
_NO_MODEL = re.compile(r"model[^.]{0,120}(?:not found|not exist|does not exist|unknown|not available)|model_not_found|not_found_error"
                       r"|(?:unknown|invalid|no such) model", re.IGNORECASE)  # fmt: skip


def from_status(model: str, status: int, said: str, detail: str) -> ModelFailed:
    """The failure an HTTP ``status`` stands for; ``said`` is the server's text to look for meaning in, ``detail`` what may be shown."""
    if status in (400, 413, 422, 500) and _CONTEXT.search(said):
        return ContextTooLong(model, detail=detail)
    if status == 402 or (status in (400, 403, 429) and _CREDIT.search(said)):
        return NoCredit(model, detail=detail)
    if status in (400, 404) and _NO_MODEL.search(said):
        return ModelUnknown(model, detail=detail)
    if status in (401, 403):
        return KeyRefused(model, status=status, detail=detail)
    if status == 429:
        return RateLimited(model, detail=detail)
    if status in (503, 529):
        return Overloaded(model, status=status, detail=detail)
    if status >= 500:
        return ServerError(model, status=status, detail=detail)
    return Rejected(model, status=status, detail=detail)
