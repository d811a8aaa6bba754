"""Recipes: plans with parameters."""

from __future__ import annotations

import msgspec

from confrere.gateway.shapes.base import FolderGiven, Sentence, Shape
from confrere.policy.plan import Plan


class Parameter(Shape, kw_only=True):
    name: str
    kind: str
    value: str
    label: Sentence
    used_in: list[str]


class Recipe(Shape, kw_only=True):
    id: str
    name: str
    brief: str
    created: str
    from_task: str
    folders: list[str]
    plan: Plan
    parameters: list[Parameter]
    runs: int = 0


class Recipes(Shape, kw_only=True):
    recipes: list[Recipe]


class NewRecipe(Shape, kw_only=True):
    task: str
    name: str


class RecipeRun(Shape, kw_only=True):
    folders: list[FolderGiven] = msgspec.field(default_factory=list)
    values: dict[str, str] = msgspec.field(default_factory=dict)
    model: str = ""
