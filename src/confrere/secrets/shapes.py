"""What keys and passwords look like when nobody told us of them.

A shape is tried only where one of its anchors stands, so that a text without anchors costs one pass. The prefixes are those their issuers
publish. Hashes, UUIDs and numbers of papers have no anchor before them: they are left alone.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """``pattern`` is matched where an anchor starts, or from ``back`` characters before it; its group ``secret`` (else all) is the
    secret, if ``check`` agrees."""

    kind: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Callable[[re.Match[str]], bool] | None = None
    back: int = 0

    def find(self, text: str, at: int) -> tuple[int, int] | None:
        """Start and end of the secret whose anchor is at ``at``."""
        found = self.pattern.search(text, max(0, at - self.back), at + 400) if self.back else self.pattern.match(text, at)
        if found is None or not found.start() <= at < found.end() or (self.check and not self.check(found)):
            return None
        for group in ("quoted", "secret"):
            if group in self.pattern.groupindex and found[group] is not None:
                return found.span(group)
        return found.span()


def _prefixed(kind: str, anchors: str, pattern: str) -> Shape:
    return Shape(kind, tuple(anchors.split()), re.compile(r"(?<![A-Za-z0-9])(?:" + pattern + r")(?![A-Za-z0-9])"))


def _cases(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for word in words for form in (word, word[:1].upper() + word[1:], word.upper())))


_PLACEHOLDER = re.compile(
    r"[*•x.…_#-]+|<.*|\[.*|\$.*|\{.*|%[({].*|(?:my|your|the|votre|mon)[-_ ].*|.*\bexample\b.*|none|null|nil|true|false|undefined|"
    r"string|str|text|password|passwd|secret|token|change_?me|redacted|hidden|required|optional|masked|os\.environ.*|process\.env.*|(?:env|self|args|config|settings)\..*",
    re.IGNORECASE | re.DOTALL,
)
# A value after a name: quoted to its closing quote (a backslash before each when inside another string), or bare to the next separator.
_VALUE = (
    r"""(?:\\?["'])?\s{0,3}(?::=|=>|={1,2}|:|\bis\b|\best\b)\s{0,3}"""
    r"""(?:(?P<q>\\?["'])(?P<quoted>(?:(?!(?<!\\)(?P=q))[^\n]){4,512}+)(?P=q)|(?P<secret>[^\s"'<>,;&(){}\[\]\\]{4,512}+)(?!\())"""
)


_IDENTIFIER = re.compile(r"[A-Za-z_.]+[0-9]{0,2}[A-Za-z_.]*[0-9]?")  # a variable or an attribute, in code


def entropy(text: str) -> float:
    """Shannon entropy of the characters, in bits a character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def _is_password(found: re.Match[str]) -> bool:
    quoted = found["quoted"]
    value: str = quoted if quoted is not None else found["secret"]
    if _PLACEHOLDER.fullmatch(value) or "://" in value or value.startswith(("/", "./", "~")):
        return False
    if quoted is not None:
        return " " not in value
    return bool(re.search(r"[0-9!@#^*+?~|€£]", value.rstrip(".?!:")))  # a bare word is a word of a sentence or a variable


def _is_key(found: re.Match[str]) -> bool:
    value: str = found["quoted"] if found["quoted"] is not None else found["secret"]
    return (
        len(value) >= 16
        and " " not in value
        and "://" not in value
        and not value.startswith(("/", "./", "~"))
        and not _PLACEHOLDER.fullmatch(value)
        and not _IDENTIFIER.fullmatch(value)
        and bool(re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value))
        and entropy(value) >= 3.0
    )


def _is_url_password(found: re.Match[str]) -> bool:
    return not _PLACEHOLDER.fullmatch(found["secret"]) and found["secret"] != "pass"


def _is_bearer(found: re.Match[str]) -> bool:
    value: str = found["secret"]
    return bool(re.search(r"[0-9]", value)) and bool(re.search(r"[A-Za-z]", value))


def _is_basic(found: re.Match[str]) -> bool:
    try:
        return b":" in base64.b64decode(found["secret"] + "=" * (-len(found["secret"]) % 4), validate=True)
    except binascii.Error:
        return False


_KEY_WORDS = (
    *_cases("secret", "token", "apikey", "api_key", "api-key", "api key", "access_key", "access-key", "accesskey", "accountkey"),
    *_cases(
        "private_key", "auth_key", "encryption_key", "credential", "sig=", "signature=", "jeton", "clé api", "clé d'accès", "clé secrète"
    ),
    *("apiKey", "ApiKey", "API key", "accessKey", "AccessKey", "AccountKey", "privateKey", "encryptionKey", "clé API", "Clé API"),
)

SHAPES: tuple[Shape, ...] = (
    _prefixed("aws-key", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    _prefixed("github-token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255}"),
    _prefixed("gitlab-token", "glpat- gldt- glrt-", r"gl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,255}"),
    _prefixed(
        "slack-token", "xoxa- xoxb- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xoxc- xoxd- xapp-",
        r"(?:xox[abceoprsd]|xapp)[-.][A-Za-z0-9%.-]{10,400}",
    ),
    _prefixed("slack-webhook", "hooks.slack.com/", r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,200}"),
    _prefixed("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ whsec_", r"(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9+/=]{16,255}"),
    _prefixed("anthropic-key", "sk-ant-", r"sk-ant-[A-Za-z0-9]{2,12}-[A-Za-z0-9_-]{20,300}"),
    Shape(
        "openai-key", ("sk-",),
        re.compile(
            r"(?<![A-Za-z0-9_-])sk-(?!ant-)(?=[A-Za-z0-9_-]{0,300}[0-9])"
            r"(?:(?:proj|svcacct|admin|None|or-v1)-[A-Za-z0-9_-]{20,300}|[A-Za-z0-9]{20,64})(?![A-Za-z0-9])"
        ),
    ),
    _prefixed("google-key", "AIza GOCSPX- ya29.", r"AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{20,60}|ya29\.[A-Za-z0-9_-]{20,500}"),
    _prefixed("hugging-face-token", "hf_", r"hf_[A-Za-z0-9]{30,60}"),
    _prefixed("groq-key", "gsk_", r"gsk_[A-Za-z0-9]{40,80}"),
    _prefixed("xai-key", "xai-", r"xai-[A-Za-z0-9]{60,100}"),
    _prefixed("npm-token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _prefixed("pypi-token", "pypi-AgE", r"pypi-AgE[A-Za-z0-9_-]{50,400}"),
    _prefixed("sendgrid-key", "SG.", r"SG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{16,80}"),
    _prefixed("notion-token", "ntn_ secret_", r"ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{43}"),
    _prefixed("digitalocean-token", "dop_v1_ doo_v1_", r"do[op]_v1_[a-f0-9]{64}"),
    _prefixed("shopify-token", "shpat_ shpss_ shpca_", r"shp(?:at|ss|ca)_[A-Fa-f0-9]{32}"),
    _prefixed("atlassian-token", "ATATT3", r"ATATT3[A-Za-z0-9_=-]{60,250}"),
    _prefixed("age-key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{40,}"),
    Shape("telegram-token", (":AA",), re.compile(r"(?<![0-9A-Za-z])[0-9]{8,12}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"), back=12),
    _prefixed("jwt", "eyJ", r"eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,16384}\.[A-Za-z0-9_-]{8,4096}"),
    Shape(
        "private-key", ("-----BEGIN ",),
        re.compile(
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            r"(?:(?:[^-]|-(?!----)){0,20000}+-----END [A-Z0-9 ]{4,40}-----|[A-Za-z0-9+/=\s\\]{0,20000}+)"
        ),
    ),
    Shape("bearer", _cases("bearer "), re.compile(r"(?i:bearer)[ \t]{1,3}(?P<secret>[A-Za-z0-9._~+/-]{16,8192}={0,2})"), _is_bearer),
    Shape("basic-login", _cases("basic "), re.compile(r"(?i:basic)[ \t]{1,3}(?P<secret>[A-Za-z0-9+/]{8,1024}={0,2})"), _is_basic),
    Shape(
        "url-password", ("://",),
        re.compile(r"://[^\s/:@\"'<>]{0,128}:(?P<secret>[^\s/@\"'<>]{3,256})@(?=[A-Za-z0-9\[])"), _is_url_password,
    ),
    Shape(
        "password", _cases("password", "passwd", "passphrase", "pwd", "mdp", "mot de passe", "mot_de_passe", "motdepasse"),
        re.compile(r"(?i:passw(?:or)?d|passphrase|pwd|mdp|mot[ _]?de[ _]?passe)[\w-]{0,24}" + _VALUE), _is_password,
    ),
    Shape(
        "key",
        _KEY_WORDS,
        re.compile(
            r"(?i:secret|token|api[_ -]?key|access[_-]?key|account[_-]?key|private[_-]?key|auth_key|encryption[_-]?key|credential|jeton"
            r"|cl[ée]f? (?:d['’]acc[èe]s|api|secr[èe]te)|(?:signature|sig)(?==))[\w-]{0,24}" + _VALUE
        ),
        _is_key,
    ),
)  # fmt: skip

# Payment cards by their first digits: Visa, Mastercard, Discover, JCB, UnionPay (16, in fours or unbroken), American Express (15).
CARD = re.compile(r"[2-6]\d{3}(?:(?P<gap>[ -]?)\d{4}(?P=gap)\d{4}(?P=gap)\d{4}|[ -]?\d{6}[ -]?\d{5})")
_CARD_16 = re.compile(r"4|5[1-5]|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)|6011|64[4-9]|65|62|35(?:2[89]|[3-8]\d)")


def is_card(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]``, found by CARD, is a whole card number: issuer's digits, length, Luhn, not part of something longer.

    An IBAN's groups are not: further groups of digits stand beside them.
    """
    digits = re.sub(r"\D", "", text[start:end])
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if re.search(r"[A-Za-z0-9_/.+-]\Z", before) or re.match(r"[A-Za-z0-9_/]|[.,]\d", after):
        return False
    if len(digits) < end - start and (re.search(r"\d[ -]\Z", before) or re.match(r"[ -]\d", after)):
        return False
    if not (len(digits) == 16 and _CARD_16.match(digits)) and not (len(digits) == 15 and digits[:2] in ("34", "37")):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0 and len(set(digits)) > 3
