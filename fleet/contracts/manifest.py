"""Manifests: resources as operators write them (YAML, JSON) to typed resources, with errors that name field and fix."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import (
    API_VERSION,
    NAME_CHARS_MAX,
    SPEC_TYPES,
    STATUS_TYPES,
    AnyResource,
    Kind,
    ObjectMeta,
    Resource,
)
from fleet.contracts.values import check_values

#: Letters of any language, digits, and - _ . ' & ( ) / and single spaces inside; nothing that could break an MQTT
#: topic filter (+ #), a prompt (< | > newline) or a URL.
_NAME = re.compile(r"^[\w(][\w\-.'&()/]*(?: [\w\-.'&()/]+)*$")
_METADATA_OF_SERVER = ("uid", "generation", "resourceVersion", "creationTimestamp", "deletionTimestamp")


def check_name(name: str, *, field: str = "metadata.name") -> str:
    """The name itself. Raises InvalidInput when it is empty, too long or has characters that break a border."""
    if len(name) > NAME_CHARS_MAX:
        raise InvalidInput(f"{len(name)} characters", field=field, fix=f"use at most {NAME_CHARS_MAX}")
    if not _NAME.match(name):
        raise InvalidInput(f"{name!r} is not a name", field=field, fix="use letters, digits, - _ . ' & ( ) / and single spaces")
    return name


def plural(kind: Kind) -> str:
    """The kind in URLs and on the command line: robots, languagepolicies."""
    word = kind.value.lower()
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def parse(document: Any) -> AnyResource:
    """One manifest document (already parsed YAML or JSON) as a typed resource; unknown spec fields are refused.

    The server's own metadata (uid, generation, ...) and status are ignored, so that `drover get -o yaml` can be
    edited and applied again. Raises InvalidInput.
    """
    if not isinstance(document, dict):
        raise InvalidInput("a manifest is a mapping", field="$", fix="start with apiVersion, kind, metadata, spec")
    version = document.get("apiVersion", API_VERSION)
    if version != API_VERSION:
        raise InvalidInput(f"{version!r} is not served", field="apiVersion", fix=f"use {API_VERSION}")
    kind = _kind(document.get("kind"))
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        raise InvalidInput("missing", field="metadata.name", fix="give the resource a name")
    check_name(metadata["name"])
    meta = _convert({k: v for k, v in metadata.items() if k not in _METADATA_OF_SERVER}, ObjectMeta, "metadata")
    spec = document.get("spec", {})
    _refuse_unknown(spec, SPEC_TYPES[kind])
    typed_spec = _convert(spec, SPEC_TYPES[kind], "spec")
    check_values(typed_spec)
    return Resource(kind=kind, metadata=meta, spec=typed_spec, status=STATUS_TYPES[kind]())


def typed(document: Any) -> AnyResource:
    """A resource as a peer or the store wrote it (status included), trusted to come from `to_document`."""
    kind = _kind(document.get("kind") if isinstance(document, dict) else None)
    return Resource(
        kind=kind,
        metadata=_convert(document.get("metadata"), ObjectMeta, "metadata"),
        spec=_convert(document.get("spec"), SPEC_TYPES[kind], "spec"),
        status=_convert(document.get("status", {}), STATUS_TYPES[kind], "status"),
    )


def to_document(resource: AnyResource) -> dict[str, Any]:
    """The resource as plain JSON values, `apiVersion` and `kind` first."""
    body: dict[str, Any] = codec.to_builtins(resource)
    return {"apiVersion": body.pop("apiVersion"), "kind": body.pop("kind"), **body}


def _kind(value: Any) -> Kind:
    try:
        return Kind(value)
    except ValueError:
        raise InvalidInput(f"{value!r} is not a kind", field="kind", fix="use one of " + ", ".join(Kind)) from None


def _convert(value: Any, kind: type[Any], where: str) -> Any:
    try:
        return codec.convert(value, kind)
    except InvalidInput as error:
        raise InvalidInput(error.detail, field=where + error.field.removeprefix("$"), fix=error.fix) from None


def _refuse_unknown(spec: Any, kind: type[Any]) -> None:
    if not isinstance(spec, dict):
        raise InvalidInput("must be a mapping", field="spec", fix="write fields under spec:")
    known = {f.encode_name for f in msgspec.structs.fields(kind)}
    for key in spec:
        if key not in known:
            raise InvalidInput("unknown field", field=f"spec.{key}", fix="known fields: " + ", ".join(sorted(known)))
