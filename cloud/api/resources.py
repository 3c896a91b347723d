"""Resources over HTTP: list, read, apply, delete, the registry of names, events."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from cloud.api.context import Context, Route, kind_of, number
from cloud.core import admission
from fleet.contracts import manifest
from fleet.contracts.codec import DOCUMENT_BYTES_MAX
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import AnyResource
from fleet.contracts.translate import Registry
from fleet.contracts.wire import Event
from fleet_io.http import body, json_response

EVENTS_LIMIT = 100
EVENTS_LIMIT_MAX = 1000


async def list_resources(request: Request, context: Context) -> Response:
    found = context.store.model.of_kind(kind_of(request), site=request.query_params.get("site", ""))
    ordered = sorted(found, key=lambda r: r.metadata.name)
    return json_response({"items": [manifest.to_document(r) for r in ordered]})


async def get_resource(request: Request, context: Context) -> Response:
    return answer(context.store.model.need(kind_of(request), request.path_params["name"]))


async def put_resource(request: Request, context: Context) -> Response:
    kind, name = kind_of(request), request.path_params["name"]
    document = await body(request, dict[str, Any], bytes_max=DOCUMENT_BYTES_MAX)
    document.setdefault("kind", str(kind))
    document.setdefault("metadata", {})
    if isinstance(document["metadata"], dict):
        document["metadata"].setdefault("name", name)
    resource = _parse(document)
    if (resource.kind, resource.metadata.name) != (kind, name):
        raise InvalidInput(
            f"the path says {kind}/{name}, the body {resource.kind}/{resource.metadata.name}",
            field="metadata.name",
            fix="make them equal",
        )
    ops = admission.admit(context.store.model, [resource], site=context.site, expect_generation=_generation(document))
    await context.store.commit(ops)
    return answer(context.store.model.need(kind, name))


async def delete_resource(request: Request, context: Context) -> Response:
    kind, name = kind_of(request), request.path_params["name"]
    resource = context.store.model.need(kind, name)
    applied = await context.store.commit(admission.removal(context.store.model, kind, name))
    gone = [r for r in applied.removed if (r.kind, r.metadata.name) == (kind, name)]
    return answer(gone[0] if gone else resource)


async def apply_documents(request: Request, context: Context) -> Response:
    documents = (await body(request, dict[str, Any], bytes_max=DOCUMENT_BYTES_MAX)).get("documents")
    if not isinstance(documents, list):
        raise InvalidInput("missing", field="documents", fix='send {"documents": [manifest, ...]}')
    resources: list[AnyResource] = []
    for i, document in enumerate(documents):
        try:
            resources.append(_parse(document))
        except InvalidInput as error:
            raise InvalidInput(error.detail, field=f"documents[{i}].{error.field}", fix=error.fix) from None
    await context.store.commit(admission.admit(context.store.model, resources, site=context.site))
    now = [context.store.model.need(r.kind, r.metadata.name) for r in resources]
    return json_response({"items": [manifest.to_document(r) for r in now]})


async def registry(request: Request, context: Context) -> Response:
    site = request.query_params.get("site", "")
    if site not in ("", context.site):
        raise NotFound(f"no site {site!r} here", field="site", fix=f"use {context.site!r}")
    return json_response(context.operations.site().registry())


async def events(request: Request, context: Context) -> Response:
    limit = int(number(request, "limit", EVENTS_LIMIT, EVENTS_LIMIT_MAX))
    found = context.store.model.events_after(request.query_params.get("after", ""), limit) if limit else []
    return json_response({"items": found})


def answer(resource: AnyResource, status: int = 200) -> Response:
    return json_response(manifest.to_document(resource), status)


def _generation(document: dict[str, Any]) -> int | None:
    """A PUT that carries metadata.generation replaces that spec and no other (statuses may change meanwhile)."""
    value = document["metadata"].get("generation")
    if value is None:
        return None
    if not isinstance(value, int) or value < 1:
        raise InvalidInput(f"{value!r}", field="metadata.generation", fix="send the number that was read, or leave it out")
    return value


def _parse(document: Any) -> AnyResource:
    return manifest.parse(document)


_SITE = (("site", "string"),)
ROUTES = (
    Route("GET", "/api/v1/registry", registry, "Every name that a sentence may mean", gives=Registry, query=_SITE),
    Route(
        "GET",
        "/api/v1/events",
        events,
        "What happened, newest last",
        gives=Event,
        many=True,
        query=(("after", "string"), ("limit", "integer")),
    ),
    Route("POST", "/api/v1/apply", apply_documents, "Create or change resources, all or nothing", many=True),
    # the paths with a variable kind come last, since they would take the others too
    Route("GET", "/api/v1/{kinds}", list_resources, "Resources of one kind", many=True, query=_SITE),
    Route("GET", "/api/v1/{kinds}/{name:path}", get_resource, "One resource"),
    Route("PUT", "/api/v1/{kinds}/{name:path}", put_resource, "Create a resource or change its spec"),
    Route("DELETE", "/api/v1/{kinds}/{name:path}", delete_resource, "Delete a resource"),
)
