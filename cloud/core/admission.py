"""What a manifest must satisfy beyond its types before it becomes a resource: names that exist, ids that are free.

Documents are judged together, so that one `apply` may bring a RobotModel and its robots, or a Mission and its tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgspec

from cloud.core.apply import ORDER
from cloud.core.changes import Op, PutSpec, Remove
from cloud.core.model import Model, phase_of
from fleet.contracts import topics
from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.values import check_values
from fleet.layout.site import site_graph
from fleet.tasks.references import check_references
from fleet.tasks.site import Site

#: Documents in one apply.
DOCUMENTS_MAX = 2_000


def admit(model: Model, documents: Sequence[AnyResource], *, site: str, expect_generation: int | None = None) -> list[Op]:
    """The writes that these (already typed) manifests mean. Raises InvalidInput, Conflict, naming the document.

    `expect_generation`: refuse when a resource's spec is no longer the one that the caller had read.
    """
    if len(documents) > DOCUMENTS_MAX:
        raise InvalidInput(f"{len(documents)} documents", field="documents", fix=f"send at most {DOCUMENTS_MAX} at once")
    together = _Together(model, documents, site)
    ops: list[Op] = []
    for resource in sorted(documents, key=lambda r: ORDER.index(r.kind)):
        where = f"{resource.kind}/{resource.metadata.name}"
        if resource.metadata.site not in ("", site):
            raise InvalidInput(
                f"{where}: site {resource.metadata.site!r} is not served here", field="metadata.site", fix=f"use {site}"
            )
        try:
            together.check(resource)
        except (InvalidInput, Conflict) as error:
            raise type(error)(f"{where}: {error.detail}", field=error.field, fix=error.fix) from None
        ops.append(_put(resource, model.get(resource.kind, resource.metadata.name), site, expect_generation))
    return ops


def removal(model: Model, kind: Kind, name: str) -> list[Op]:
    """The writes of a delete. Raises NotFound; Conflict where something still needs the resource."""
    resource = model.need(kind, name)
    match kind:
        case Kind.MISSION:
            tasks = model.tasks_of(name)
            if not phase_of(resource).ended and any(not phase_of(t).ended for t in tasks):
                raise Conflict(f"mission {name!r} is {phase_of(resource)}", field="status.phase", fix="cancel it first")
            return [*(Remove(Kind.TASK, t.metadata.name) for t in tasks), Remove(kind, name)]
        case Kind.TASK:
            if not phase_of(resource).ended:
                raise Conflict(f"task {name!r} is {phase_of(resource)}", field="status.phase", fix="cancel it first")
        case Kind.ROBOT:
            _unused([t for t in model.open_tasks() if t.status.robot == name], f"robot {name!r} works on", "cancel that first")
        case Kind.ROBOT_MODEL:
            _unused(
                [r for r in model.of_kind(Kind.ROBOT) if r.spec.model == name], f"model {name!r} is used by", "delete those first"
            )
        case Kind.LAYOUT:
            users = [e for e in model.edges() if e.spec.layout == name]
            _unused(users, f"layout {name!r} is used by", "give that edge node another layout first")
        case Kind.EDGE_NODE:
            robots = [r for r in model.of_kind(Kind.ROBOT) if r.spec.edge == name]
            _unused(robots, f"edge node {name!r} drives", "delete or move its robots first")
        case Kind.CLOSURE | Kind.LANGUAGE_POLICY:
            pass
    return [Remove(kind, name)]


class _Together:
    """The model as it will be when all documents are in."""

    def __init__(self, model: Model, documents: Sequence[AnyResource], site: str) -> None:
        self._model = model
        self._site_name = site
        self._new = {(r.kind, r.metadata.name): r for r in documents}
        if len(self._new) < len(documents):
            raise InvalidInput("a resource is there twice", field="documents", fix="give each kind and name once")

    def check(self, resource: AnyResource) -> None:
        spec: Any = resource.spec
        check_values(spec)
        match resource.kind:
            case Kind.EDGE_NODE:
                topics.level(resource.metadata.name)
                self._exists(Kind.LAYOUT, spec.layout, "spec.layout", optional=True)
            case Kind.LAYOUT:
                site_graph(spec)
            case Kind.ROBOT:
                self._check_robot(resource)
            case Kind.MISSION:
                self._exists(Kind.EDGE_NODE, spec.edge, "spec.edge", optional=True)
                for name in spec.tasks:
                    self._exists(Kind.TASK, name, "spec.tasks")
            case Kind.TASK:
                self._exists(Kind.MISSION, spec.mission, "spec.mission")
                self._exists(Kind.EDGE_NODE, spec.edge, "spec.edge", optional=True)
                self._exists(Kind.ROBOT, spec.robot or "", "spec.robot", optional=True)
            case Kind.LANGUAGE_POLICY:
                self._only_policy(resource.metadata.name)

        if resource.kind in (Kind.ROBOT, Kind.CLOSURE, Kind.TASK, Kind.LANGUAGE_POLICY) and self._site is not None:
            check_references(resource, self._site, self._site.tasks, robots=[r.metadata.name for r in self._all(Kind.ROBOT)])

    @cached_property
    def _site(self) -> Site | None:
        """The site as it will be; None as long as it has no layout."""
        try:
            return Site.build(self._site_name, [r for kind in Kind for r in self._all(kind)], 0.0)
        except NotFound:
            return None

    def _check_robot(self, resource: AnyResource) -> None:
        spec = resource.spec
        self._exists(Kind.ROBOT_MODEL, spec.model, "spec.model")
        self._exists(Kind.EDGE_NODE, spec.edge, "spec.edge", optional=True)
        maker = self._need(Kind.ROBOT_MODEL, spec.model).spec.manufacturer
        for other in self._all(Kind.ROBOT):
            if other.metadata.name == resource.metadata.name or other.spec.serial_number != spec.serial_number:
                continue
            model = self._find(Kind.ROBOT_MODEL, other.spec.model)
            if model is not None and model.spec.manufacturer == maker:
                raise Conflict(
                    f"serial number {spec.serial_number!r} of {maker} is {other.metadata.name}'s",
                    field="spec.serial_number",
                    fix="two robots can't share a topic; correct the serial number",
                )

    def _only_policy(self, name: str) -> None:
        others = [r.metadata.name for r in self._all(Kind.LANGUAGE_POLICY) if r.metadata.name != name]
        if others:
            fix = f"change LanguagePolicy/{others[0]}, or delete it first: a site has one"
            raise Conflict(f"there is LanguagePolicy {others[0]!r} already", field="metadata.name", fix=fix)

    def _exists(self, kind: Kind, name: str, field: str, *, optional: bool = False) -> None:
        if (optional and not name) or self._find(kind, name) is not None:
            return
        names = sorted(r.metadata.name for r in self._all(kind))[:8]
        known = f"known: {', '.join(names)}" if names else f"apply the {kind} first, or in the same call"
        raise InvalidInput(f"no {kind} {name!r}", field=field, fix=known)

    def _need(self, kind: Kind, name: str) -> AnyResource:
        found = self._find(kind, name)
        assert found is not None
        return found

    def _find(self, kind: Kind, name: str) -> AnyResource | None:
        return self._new.get((kind, name)) or self._model.get(kind, name)

    def _all(self, kind: Kind) -> list[AnyResource]:
        new = [r for (k, _), r in self._new.items() if k is kind]
        return new + [r for r in self._model.of_kind(kind) if (kind, r.metadata.name) not in self._new]


def _put(resource: AnyResource, old: AnyResource | None, site: str, expect_generation: int | None) -> PutSpec:
    spec = resource.spec
    if old is not None and resource.kind is Kind.TASK and spec.assignment is None:
        # the plan is the cloud's own field: a person's manifest without it does not take the robot away
        spec = msgspec.structs.replace(spec, assignment=old.spec.assignment)
    if resource.kind is Kind.EDGE_NODE:
        # set and cleared by stop and resume only: a manifest that was written before a stop must not lift it
        spec = msgspec.structs.replace(spec, inhibits=old.spec.inhibits if old is not None else ())
    meta = resource.metadata
    same_labels = old is not None and old.metadata.labels == meta.labels
    same_notes = old is not None and old.metadata.annotations == meta.annotations
    return PutSpec(
        resource.kind,
        meta.name,
        spec,
        site=site,
        labels=None if same_labels else meta.labels,
        annotations=None if same_notes else meta.annotations,
        expect_generation=expect_generation,
    )


def _unused(users: Sequence[AnyResource], what: str, fix: str) -> None:
    if users:
        names = ", ".join(sorted(u.metadata.name for u in users)[:5])
        raise Conflict(f"{what} {names}", field="name", fix=fix)
