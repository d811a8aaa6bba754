"""The routes, a module a subject. Each handler takes the gateway and the request, and returns a shape; docs/api.md is the contract."""

from __future__ import annotations

from confrere.gateway.http import Routes


def all_routes() -> list[Routes]:
    """The tables of every module, in the order of the document."""
    from confrere.gateway.api import files, journal, machine, openai, people, recipes, sample, schedules, tasks

    return [
        people.routes,
        tasks.routes,
        files.routes,
        sample.routes,
        journal.routes,
        machine.routes,
        schedules.routes,
        recipes.routes,
        openai.routes,
    ]
