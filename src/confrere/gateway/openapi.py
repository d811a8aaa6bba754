"""The OpenAPI 3.1 document, made from the routes and their msgspec types."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from confrere import __version__
from confrere.gateway.http import Route, Routes

_PROBLEM = {
    "type": "object",
    "required": ["type", "status", "code", "title", "detail"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "sentences": {"type": "object", "additionalProperties": {"type": "string"}},
        "data": {"type": "object"},
    },
}


def document(routes: Routes) -> dict[str, Any]:
    """The document as JSON values."""
    types: list[Any] = []
    for route in routes.all:
        types += [kind for kind in (route.body, route.answer) if kind is not None and kind not in types]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(types, schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in routes.all:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_type)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Confrère", "version": __version__, "description": "The gateway of Confrère. See docs/api.md."},
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearer": []}],
    }


def _operation(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    blanks = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in re.findall(r"\{(\w+)\}", route.path)]
    queries = [
        {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
        for name, text in route.query.items()
    ]
    good: dict[str, Any] = {"description": "done"}
    if route.answer is not None:
        good["content"] = {"application/json": {"schema": schemas[route.answer]}}
    problem = {"description": "an error", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    operation: dict[str, Any] = {
        "operationId": f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}",
        "summary": (route.handler.__doc__ or "").strip(),
        "parameters": blanks + queries,
        "responses": {str(route.status): good, "default": problem},
        "x-scope": route.scope,
    }
    if not route.scope:
        operation["security"] = []
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas[route.body]}}}
    return operation
