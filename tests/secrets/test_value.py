from __future__ import annotations

import copy
import dataclasses
import gc
import json
import logging
import pickle
import pprint
import traceback
from typing import Any

import msgspec
import pytest

from confrere.secrets import SecretValue

TEXT = "vérité-" + "k" * 30


@dataclasses.dataclass
class Holder:
    key: SecretValue


def test_it_shows_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    secret = SecretValue(TEXT)
    logging.getLogger("test").warning("key %s %r", secret, secret)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{secret!r}", "%s" % secret, pprint.pformat({"k": secret})]  # noqa: UP031
    shown += [repr(Holder(secret)), repr([secret]), caplog.text, str(dir(secret)), str(SecretValue.__slots__)]
    assert not any("kkk" in text or "vérité" in text for text in shown)
    assert secret.reveal() == TEXT


def test_it_is_not_copied_or_serialised() -> None:
    secret = SecretValue(TEXT)
    refusals: list[Any] = [
        lambda: pickle.dumps(secret),
        lambda: pickle.dumps(Holder(secret)),
        lambda: copy.copy(secret),
        lambda: copy.deepcopy({"k": secret}),
        lambda: dataclasses.asdict(Holder(secret)),
        lambda: json.dumps({"k": secret}),
        lambda: msgspec.json.encode({"k": secret}),
        lambda: msgspec.to_builtins(secret),
        lambda: bytes(secret),
        lambda: list(secret),
        lambda: hash(secret),
        lambda: vars(secret),
    ]
    for refusal in refusals:
        with pytest.raises(TypeError) as error:
            refusal()
        assert "kkk" not in str(error.value)


def test_a_traceback_with_locals_does_not_show_it() -> None:
    def fails(secret: SecretValue) -> None:
        raise RuntimeError(f"with {secret}")

    try:
        fails(SecretValue(TEXT))
    except RuntimeError as error:
        text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "<secret>" in text
    assert TEXT[:6] not in text.replace("TEXT", "")


def test_wiping_zeroes_the_bytes() -> None:
    secret = SecretValue(TEXT)
    kept = secret._bytes
    seen: list[bytes] = []
    with secret as inner:
        assert inner.reveal() == TEXT
        view = memoryview(kept)  # holds the buffer where it is, so that what was there can be looked at
        with pytest.raises(BufferError):
            secret.wipe()
        seen.append(bytes(view))
        view.release()
    assert seen == [bytes(len(TEXT.encode()))]
    with pytest.raises(ValueError, match="wiped"):
        secret.reveal()
    other = SecretValue(TEXT)
    kept = other._bytes
    del other
    gc.collect()
    assert not kept


def test_it_equals_only_the_same_secret() -> None:
    assert SecretValue("abcd") == SecretValue("abcd")
    assert SecretValue("abcd") != SecretValue("abce")
    assert SecretValue("abcd") != "abcd"
