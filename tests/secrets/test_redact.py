from __future__ import annotations

import base64
import html
import json
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pypdfium2
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from confrere.secrets import Redactor
from confrere.secrets.redact import redaction_sentence
from confrere.secrets.shapes import SHAPES

ROOT = Path(__file__).parents[2]
UPPER, LOWER, DIGITS = "QWERTYUIOPASDFGHJKLZXCVBNM", "qwertyuiopasdfghjklzxcvbnm", "2345672345672345672345672345"
MIXED = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fG3hJ6kL9nP2qR5tU8wX1zA4cD7eF0gI3jM6oS9"
B32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

# Written in two halves, so that no scanner of this repository takes them for keys.
SAMPLES: dict[str, str] = {
    "aws-key": "AKIA" + "QWERTYUIOP234567",
    "github-token": "ghp_" + MIXED[:36],
    "gitlab-token": "glpat-" + MIXED[:20],
    "slack-token": "xoxb-" + "123456789012-" + MIXED[:24],
    "slack-webhook": "hooks.slack.com/" + "services/T00000000/B00000000/" + MIXED[:24],
    "stripe-key": "sk_live_" + MIXED[:24],
    "anthropic-key": "sk-ant-" + "api03-" + MIXED[:60],
    "openai-key": "sk-" + "proj-" + MIXED[:48],
    "google-key": "AIza" + MIXED[:35],
    "hugging-face-token": "hf_" + MIXED[:34],
    "groq-key": "gsk_" + MIXED[:52],
    "xai-key": "xai-" + MIXED + MIXED[:10],
    "npm-token": "npm_" + MIXED[:36],
    "pypi-token": "pypi-AgE" + MIXED + MIXED,
    "sendgrid-key": "SG." + MIXED[:22] + "." + MIXED[:43],
    "notion-token": "ntn_" + MIXED[:46],
    "digitalocean-token": "dop_v1_" + "0123456789abcdef" * 4,
    "shopify-token": "shpat_" + "0123456789abcdef" * 2,
    "atlassian-token": "ATATT3" + MIXED + MIXED,
    "age-key": "AGE-SECRET-KEY-" + "1" + B32 + B32[:26],
    "telegram-token": "123456789" + ":AA" + MIXED[:33],
    "jwt": "eyJ" + MIXED[:20] + ".eyJ" + MIXED[:40] + "." + MIXED[:43],
    "private-key": "-----BEGIN " + "RSA PRIVATE KEY-----\n" + (MIXED[:64] + "\n") * 6 + "-----END RSA PRIVATE KEY-----",
    "bearer": "Bearer " + MIXED[:32],
    "basic-login": "Basic " + base64.b64encode(b"user:" + MIXED[:10].encode()).decode(),
    "url-password": "postgres://" + "studio:" + "tr0ub4dor@base.example/clients",
    "password": "mot de passe : " + "Goéland42!",
    "key": "client_secret = " + MIXED[:24],
    "card-number": "4539 5787 6362 1486",
}
SECRET_PART = {kind: text.split("studio:")[-1].split("@base")[0].split(" : ")[-1].split(" = ")[-1] for kind, text in SAMPLES.items()}


def test_every_kind_has_a_sample_and_a_name_in_both_languages() -> None:
    kinds = {shape.kind for shape in SHAPES} | {"card-number"}
    assert kinds == SAMPLES.keys()
    names = tomllib.loads((ROOT / "src/confrere/messages/secrets.toml").read_text("utf-8"))
    assert {name.removeprefix("kind-") for name in names if name.startswith("kind-")} == kinds | {
        "known",
        "secret",
    }  # a value of the store; a whole result
    assert all(entry.keys() == {"en", "fr"} for entry in names.values())


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("frame", ["{}", "voici : {} , merci", '{{"note": "{}"}}', "a\n{}\nb", "(é{}é)"])
def test_a_key_is_taken_out_wherever_it_stands(kind: str, frame: str) -> None:
    if frame == "(é{}é)" and kind not in ("private-key", "card-number"):
        frame = "(é {} é)"  # glued to letters it would not be a key
    redaction = Redactor().redact(frame.format(SAMPLES[kind]))
    assert redaction.found == {kind: 1}, redaction.text
    assert SECRET_PART[kind].removeprefix("Bearer ").removeprefix("Basic ") not in redaction.text
    assert f"[redacted: {kind}]" in redaction.text
    again = Redactor().redact(redaction.text)
    assert again.clean and again.text == redaction.text


@pytest.mark.parametrize(
    "text",
    [
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "commit 1eaf2e5ac2d1b9ee0f4b4b1c4f1a2d3e4f5a6b7c",
        "id 123e4567-e89b-12d3-a456-426614174000",
        "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JmZ2Jt",
        "SIRET 999 418 270 00016, TVA FR51999418270",
        "IBAN FR76 9999 1041 8200 0418 2741 848",
        "IBAN GB68 FICT 9900 1740 2188 36",
        "Référence client : 7 204 118 863, point de livraison 99 417 200 318 664",
        "Facture n° 10 482 776 031 du 18 mars 2025",
        "1234567890123456",
        "ISBN 978-2-1234-5680-3",
        "EAN 3017620422003",
        "tel 02 61 91 04 18",
        "4111 1111 1111 1111 1111",
        "4539 5787 6362 1487",
        "the bearer of this certificate",
        "Basic understanding of accounting",
        "task-force-management-2026-report-final-version",
        "password: required",
        "Password = None",
        "password=os.environ['X']",
        "The password is not stored.",
        "Le mot de passe est obligatoire.",
        "token: str",
        "tokens = 4096 + 512",
        "max_tokens=500000",
        "secret = get_secret_value_2(name)",
        "tokenizer = GPT2Tokenizer.from_pretrained(x)",
        "api_key: Your API key here",
        'api_key="YOUR_API_KEY"',
        "password: ********",
        'password="<your password>"',
        "pwd: /home/odile",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "https://user@host.example/a:b@c",
        "https://host.example:8080/a@b",
        "la clé du local est chez M. Briand",
        "le jeton de présence de M. Le Strat : 450 euros",
        "secrétaire : Odile Marchadour",
        "signature : Odile Marchadour",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    redaction = Redactor().redact(text)
    assert (redaction.text, redaction.found) == (text, {})
    assert redaction.sentence("fr") == ""


def test_nothing_in_the_sample_folder_is_taken_for_a_secret() -> None:
    redactor = Redactor()
    clients = ROOT / "samples" / "clients"
    read = 0
    for path in sorted(clients.rglob("*")):
        if path.suffix.lower() == ".pdf":
            try:
                text = "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))
            except pypdfium2.PdfiumError:
                continue
        elif path.is_file():
            text = path.read_bytes().decode("utf-8", "surrogateescape")
        else:
            continue
        read += 1
        assert redactor.redact(text).found == {}, path
    assert read > 30


# Enough characters to be told from chance: at least four different ones.
secrets = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=8, max_size=60).filter(lambda text: len(set(text)) >= 4)
around = st.text(st.characters(codec="utf-8"), max_size=40)


def written(secret: str) -> dict[str, str]:
    """The forms that must not survive, made here by other means than the redactor's."""
    data = secret.encode()
    return {
        "plain": secret,
        "reversed": "".join(reversed(secret)),
        "base64": base64.b64encode(data).decode(),
        "base64 url": base64.urlsafe_b64encode(data).decode().rstrip("="),
        "base64 after one": base64.b64encode(b"u" + data).decode(),
        "basic login": base64.b64encode(b"ab:" + data + b"\n").decode(),
        "base64 within": base64.b64encode(b"user:" + data + b" and more").decode(),
        "base32": base64.b32encode(data).decode(),
        "base32 within": base64.b32encode(b"xy" + data + b"z").decode(),
        "hex": "".join(f"{byte:02x}" for byte in data),
        "HEX": "".join(f"{byte:02X}" for byte in data),
        "hex:": ":".join(f"{byte:02x}" for byte in data),
        "percent": quote(secret, safe=""),
        "percent path": quote(secret),
        "plus": quote_plus(secret),
        "all percent": "".join(f"%{byte:02x}" for byte in data),
        "json": json.dumps(secret)[1:-1],
        "json unicode": json.dumps(secret, ensure_ascii=False)[1:-1],
        "json in json": json.dumps(json.dumps(secret)[1:-1])[1:-1],
        "html": html.escape(secret),
    }


@settings(max_examples=250, deadline=None)
@given(secret=secrets, before=around, after=around)
def test_a_known_secret_survives_in_no_form(secret: str, before: str, after: str) -> None:
    redactor = Redactor({"the-key": secret})
    for form, text in written(secret).items():
        redaction = redactor.redact(before + text + after)
        assert text not in redaction.text, form
        assert secret not in redaction.text, form
        assert not redaction.clean
        assert redactor.redact(redaction.text).found.keys().isdisjoint({"known:the-key"})


@settings(max_examples=100, deadline=None)
@given(pair=st.tuples(secrets, secrets), texts=st.lists(around, min_size=3, max_size=3))
def test_two_secrets_even_one_within_the_other(pair: tuple[str, str], texts: list[str]) -> None:
    inner, outer = pair[0], pair[0] + pair[1]
    redactor = Redactor({"inner": inner, "outer": outer})
    redaction = redactor.redact(texts[0] + outer + texts[1] + inner + texts[2])
    assert inner not in redaction.text and pair[1] not in redaction.text.replace(texts[0], "").replace(texts[1], "").replace(texts[2], "")


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_taken_and_the_rest_is_kept(text: str) -> None:
    secret = "Zq7-known-secret-value"
    assume(secret not in text)
    redaction = Redactor({"k": secret}).redact(f"{text}|{secret}|{text}")
    assert secret not in redaction.text
    if Redactor().redact(f"{text}|{secret}|{text}").clean:
        assert redaction.text == f"{text}|[redacted: k]|{text}"


def test_what_stands_beside_a_secret_in_the_same_encoding_goes_with_it() -> None:
    redactor = Redactor({"k": "a-known-secret"})
    for encode in (base64.b64encode, base64.urlsafe_b64encode, base64.b32encode):
        for before in (b"", b"u", b"us", b"use", b"user"):
            token = encode(before + b"a-known-secret" + b" end").decode()
            assert redactor.redact(f"x ({token}) y").text == "x ([redacted: k]) y"


def test_a_short_secret_is_found_alone_and_not_inside_words() -> None:
    redactor = Redactor({"pin": "4921"})
    assert redactor.redact("code 4921.").text == "code [redacted: pin]."
    assert redactor.redact("facture 149210").clean


def test_a_secret_that_looks_like_what_replaces_it() -> None:
    for secret in ("redacted", "[redacted: odd]", "████████", "acted: odd"):
        redaction = Redactor({"odd": secret}).redact(f"a {secret}{secret} b {secret}")
        assert secret not in redaction.text


def test_undecodable_names_do_not_stop_it() -> None:
    redaction = Redactor({"k": "a-known-secret"}).redact("caf\udce9/a-known-secret/\udcff")
    assert redaction.text == "caf\udce9/[redacted: k]/\udcff"


def test_json_values_are_walked() -> None:
    redactor = Redactor({"k": "a-known-secret"})
    value: dict[str, Any] = {
        "args": {"path": "Clients/a.pdf", "header": ["x", "a-known-secret"], "n": 3, "none": None},
        "password": "Go\"él'and42", "a-known-secret": True, "token": "short", "password_hint": "",
    }  # fmt: skip
    result, found = redactor.redact_json(value)
    assert result == {
        "args": {"path": "Clients/a.pdf", "header": ["x", "[redacted: k]"], "n": 3, "none": None},
        "password": "[redacted: password]", "[redacted: k]": True, "token": "short", "password_hint": "",
    }  # fmt: skip
    assert found == {"known:k": 2, "password": 1}


def test_what_was_taken_out_is_said() -> None:
    redaction = Redactor({"OPENAI": "a-known-secret"}).redact(f"a-known-secret {SAMPLES['aws-key']} {SAMPLES['jwt']}")
    assert redaction.found == {"known:OPENAI": 1, "aws-key": 1, "jwt": 1}
    assert "1 × une clé AWS" in redaction.sentence("fr") and "le secret OPENAI" in redaction.sentence("fr")
    assert "1 × an AWS key" in redaction_sentence(redaction.found, "en")


@pytest.mark.parametrize(
    "hostile",
    ["://" + "a:" * 50_000, "password=" * 30_000, "-----BEGIN PRIVATE KEY-----" * 4_000, "eyJ" * 60_000, "4" * 200_000, "4111 " * 50_000,
     "bearer " * 30_000, "token='" * 30_000, "sk-" * 60_000, 'password\\"' * 20_000, ":AA" * 60_000],
)  # fmt: skip
def test_hostile_text_takes_no_longer_than_its_length_allows(hostile: str) -> None:
    import time

    start = time.process_time()
    Redactor({"k": "a-known-secret"}).redact(hostile)
    assert time.process_time() - start < 3
