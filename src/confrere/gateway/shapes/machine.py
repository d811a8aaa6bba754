"""The machine: models, settings, secrets, grants, vault, exposure."""

from __future__ import annotations

from typing import Any

from confrere.gateway.shapes.base import Shape


class Models(Shape, kw_only=True):
    used: str
    models: list[dict[str, Any]]


class SettingsShown(Shape, kw_only=True):
    model: str
    language: str
    vault_days: int
    max_tokens: int
    max_cost_usd: float
    max_minutes: int
    approval_hours: float
    sandbox: str


class SettingsChange(Shape, kw_only=True):
    model: str | None = None
    language: str | None = None
    vault_days: int | None = None
    max_tokens: int | None = None
    max_cost_usd: float | None = None
    max_minutes: int | None = None
    approval_hours: float | None = None
    sandbox: str | None = None


class Secrets(Shape, kw_only=True):
    secrets: list[dict[str, Any]]


class SecretGiven(Shape, kw_only=True):
    name: str
    value: str
    hosts: list[str]
    note: str = ""


class Grants(Shape, kw_only=True):
    grants: list[dict[str, Any]]


class VaultShown(Shape, kw_only=True):
    objects: int
    bytes: int
    days: int
    oldest: str


class PruneRequest(Shape, kw_only=True):
    days: float | None = None


class Pruned(Shape, kw_only=True):
    pruned: int
    bytes: int


class Exposure(Shape, kw_only=True):
    checks: list[dict[str, Any]]
    listens: list[str]
