"""Resources over the site's own API: list, read, apply, delete, the registry of names, events."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from edge_node.api.context import Context, kind_of
from fleet.contracts import manifest
from fleet.contracts.codec import DOCUMENT_BYTES_MAX
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import AnyResource, Kind
from fleet.tasks.references import check_references
from fleet.tasks.site import Site
from fleet_io.http import body, json_response

EVENTS_LIMIT = 100
EVENTS_LIMIT_MAX = 1000
DOCUMENTS_MAX = 1000


async def list_resources(request: Request, context: Context) -> Response:
    site = request.query_params.get("site", "")
    found = [r for r in context.keeper.core.resources(kind_of(request)) if site in ("", r.metadata.site)]
    return json_response({"items": [manifest.to_document(r) for r in found]})


async def get_resource(request: Request, context: Context) -> Response:
    return answer(context.keeper.core.resource(kind_of(request), request.path_params["name"]))


async def put_resource(request: Request, context: Context) -> Response:
    resource = manifest.parse(await body(request, dict[str, Any], bytes_max=DOCUMENT_BYTES_MAX))
    kind, name = kind_of(request), request.path_params["name"]
    if resource.kind is not kind or resource.metadata.name != name:
        raise InvalidInput(
            f"{resource.kind} {resource.metadata.name!r} in the body", field="metadata.name", fix="say the same in path and body"
        )
    _check_references([resource], context)
    return answer(await context.keeper.commit(lambda now: context.keeper.core.apply(resource, now, by="edge")))


async def delete_resource(request: Request, context: Context) -> Response:
    kind, name = kind_of(request), request.path_params["name"]
    return answer(await context.keeper.commit(lambda now: context.keeper.core.delete(kind, name, now, by="edge")))


async def apply(request: Request, context: Context) -> Response:
    """All or nothing as far as the documents themselves go: each is parsed and checked before the first is applied."""
    document = await body(request, dict[str, Any], bytes_max=DOCUMENT_BYTES_MAX)
    documents = document.get("documents")
    if not isinstance(documents, list):
        raise InvalidInput("missing", field="documents", fix='send {"documents": [manifest, ...]}')
    if len(documents) > DOCUMENTS_MAX:
        raise InvalidInput(f"{len(documents)} documents", field="documents", fix=f"send at most {DOCUMENTS_MAX} at once")
    parsed = [_parsed(i, each) for i, each in enumerate(documents)]
    _check_references(parsed, context)
    core = context.keeper.core

    def deed(now: float) -> list[AnyResource]:
        for resource in parsed:
            core.check(resource)
        return [core.apply(resource, now, by="edge") for resource in parsed]

    applied = await context.keeper.commit(deed)
    return json_response({"items": [manifest.to_document(r) for r in applied]})


async def registry(request: Request, context: Context) -> Response:
    return json_response(context.site().registry())


async def events(request: Request, context: Context) -> Response:
    """Newest last; `after`: the id of the last event that the caller knows."""
    limit = _limit(request)
    found = list(context.keeper.events)
    after = request.query_params.get("after", "")
    if after:
        places = [i for i, event in enumerate(found) if event.id == after]
        found = found[places[-1] + 1 :] if places else found
    return json_response({"items": found[-limit:]})


def _check_references(documents: list[AnyResource], context: Context) -> None:
    """Names of places, robots and tasks, where there is a layout to look them up in. Raises InvalidInput, Conflict."""
    core = context.keeper.core
    named = {(r.kind, r.metadata.name): r for kind in Kind for r in core.resources(kind)}
    named |= {(r.kind, r.metadata.name): r for r in documents}
    try:
        site = Site.build(context.site_name, named.values(), context.keeper.clock())
    except NotFound:
        return
    robots = [name for kind, name in named if kind is Kind.ROBOT]
    for resource in documents:
        edge = getattr(resource.spec, "edge", "")
        if edge not in ("", context.edge):
            raise InvalidInput(f"{edge!r} is not this edge node", field="spec.edge", fix=f"use {context.edge}, or leave it out")
        check_references(resource, site, site.tasks, robots=robots)


def _parsed(index: int, document: Any) -> AnyResource:
    try:
        return manifest.parse(document)
    except InvalidInput as error:
        raise InvalidInput(error.detail, field=f"documents[{index}].{error.field}", fix=error.fix) from None


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(EVENTS_LIMIT))
    if not text.isdigit() or not 1 <= int(text) <= EVENTS_LIMIT_MAX:
        raise InvalidInput(f"{text!r}", field="limit", fix=f"use 1 to {EVENTS_LIMIT_MAX}")
    return int(text)


def answer(resource: AnyResource, status: int = 200) -> Response:
    return json_response(manifest.to_document(resource), status)
