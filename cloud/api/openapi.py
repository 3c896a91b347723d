"""/openapi.json from the route table and the msgspec contracts, so that the document cannot drift from the code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from cloud.api.context import Route
from fleet.contracts.resources import SPEC_TYPES, STATUS_TYPES, Kind, Resource

_REF = "#/components/schemas/{name}"
_TOKEN: list[dict[str, list[str]]] = [{"token": []}]


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """OpenAPI 3.1. Resources are one schema for each kind, told apart by `kind`."""
    # msgspec models a Generic's instance as its own type: Resource[RobotSpec, RobotStatus] and so on
    generic: Any = Resource
    resources = [generic[SPEC_TYPES[kind], STATUS_TYPES[kind]] for kind in Kind]
    types = [t for route in routes for t in (route.takes, route.gives) if t is not None]
    types = list(dict.fromkeys([*types, *resources]))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = dict(zip(types, schemas, strict=True))
    any_resource = {"oneOf": [by_type[t] for t in resources]}
    paths: dict[str, dict[str, Any]] = {
        "/healthz": {"get": {"summary": "Is it up", "responses": {"200": {"description": "It is"}}}}
    }
    for route in routes:
        path = route.path.replace(":path", "")
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, by_type, any_resource)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Drover", "version": "1", "description": "See docs/api.md."},
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, by_type: dict[Any, Any], any_resource: dict[str, Any]) -> dict[str, Any]:
    gives = by_type[route.gives] if route.gives is not None else any_resource
    if route.status == 201:
        gives = {"oneOf": [gives, any_resource]}
    if route.many:
        gives = {"type": "object", "properties": {"items": {"type": "array", "items": gives}}}
    operation: dict[str, Any] = {
        "summary": route.summary,
        "security": _TOKEN,
        "parameters": _parameters(route),
        "responses": {
            str(route.status): {"description": "Done", "content": {route.media: {"schema": gives}}},
            "default": {"description": "RFC 9457 problem", "content": {"application/problem+json": {"schema": _PROBLEM_REF}}},
        },
    }
    takes = by_type[route.takes] if route.takes is not None else any_resource if route.method == "PUT" else None
    if route.path == "/api/v1/apply":
        takes = {
            "type": "object",
            "properties": {"documents": {"type": "array", "items": any_resource}},
            "required": ["documents"],
        }
    if takes is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": takes}}}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    in_path = [part.strip("{}").removesuffix(":path") for part in route.path.split("/") if part.startswith("{")]
    found = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path]
    return [*found, *({"name": name, "in": "query", "schema": {"type": kind}} for name, kind in route.query)]


_HEALTH = {"summary": "Is it up", "responses": {"200": {"description": "It is"}}}
_PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {name: {"type": "string"} for name in ("type", "title", "detail", "code", "field", "fix", "instance")}
    | {"status": {"type": "integer"}},
}
