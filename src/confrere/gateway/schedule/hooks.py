"""Signed webhooks: a request that starts a schedule's run, and nothing more. Its body is not read as words: it cannot change the brief."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time

from confrere.config import Home
from confrere.gateway.http import Problem
from confrere.gateway.schedule.table import Schedule
from confrere.secrets.private_files import read_private, write_private

TOLERANCE = 300.0  # seconds a signature is good for
MAX_BODY = 65_536
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def secret_of(home: Home, schedule: Schedule) -> str:
    """A schedule's secret, made from the gateway's own key and when the schedule was made: nothing more is kept."""
    path = home.path / "gateway.key"
    key = read_private(path)
    if key is None:
        key = secrets.token_bytes(32)
        write_private(path, key)
    return hmac.new(key, f"hook {schedule.id} {schedule.created}".encode(), hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes, now: float | None = None) -> str:
    """The header for a body."""
    at = str(int(time.time() if now is None else now))
    return f"t={at},v1={hmac.new(secret.encode(), at.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def check(secret: str, header: str, body: bytes) -> str:
    """The signature's own name, by which a second use is told. Raises Problem 401 for one that is wrong or old."""
    match = _FORM.fullmatch(header.strip())
    if match is None or abs(time.time() - int(match[1])) > TOLERANCE:
        raise Problem(401, "gateway.signature-wrong")
    right = hmac.new(secret.encode(), match[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, match[2]):
        raise Problem(401, "gateway.signature-wrong")
    return f"hook:{match[2][:24]}"
