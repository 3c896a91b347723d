"""What a wish of the cloud or of the site's own API may change here: merging, owners, and what is refused first."""

from __future__ import annotations

import msgspec

from edge_node.core.authority import Authority, check_room
from edge_node.core.context import Context
from edge_node.core.plans import keep_assignment
from edge_node.core.roster import Roster
from fleet.authority.inhibits import edge_owner
from fleet.contracts.errors import Conflict, QueueFull
from fleet.contracts.resources import AnyResource, Desired, Kind, Phase, Resource

#: Label of a closure that was made at a site: who closed it. Without it, it is the cloud's.
CLOSED_BY = "closed-by"
#: Of a task, what the cloud decides alone.
GRANTED = ("edge", "fence", "on_disconnect", "lease_s", "replace_after_s", "reconcile", "effects")


class Wishes:
    def __init__(self, ctx: Context, authority: Authority, roster: Roster) -> None:
        self._ctx = ctx
        self._authority = authority
        self._roster = roster

    def merged(self, new: AnyResource, old: AnyResource, by: str) -> AnyResource:
        """Our status, our own assignment, a cancel that nobody can take back; and each side's own, whoever writes the rest."""
        kind, spec, meta = new.kind, new.spec, new.metadata
        if kind in (Kind.TASK, Kind.MISSION) and old.spec.desired is Desired.CANCEL:
            spec = msgspec.structs.replace(spec, desired=Desired.CANCEL)
        if kind is Kind.TASK and by == "edge":
            spec = msgspec.structs.replace(spec, **{f: getattr(old.spec, f) for f in GRANTED})
        elif kind is Kind.EDGE_NODE and by == "edge":
            spec = msgspec.structs.replace(spec, inhibits=old.spec.inhibits)
        elif kind is Kind.CLOSURE and (owner := old.metadata.labels.get(CLOSED_BY)):
            meta = msgspec.structs.replace(meta, labels={**meta.labels, CLOSED_BY: owner})
        new = Resource(kind=kind, metadata=meta, spec=spec, status=old.status)
        return keep_assignment(new, old) if kind is Kind.TASK else new

    def stamped(self, resource: AnyResource, old: AnyResource | None, by: str) -> AnyResource:
        meta = msgspec.structs.replace(resource.metadata, site=resource.metadata.site or self._ctx.site_name)
        if by == "edge":
            meta = msgspec.structs.replace(meta, generation=(old.metadata.generation if old is not None else 0) + 1)
            if resource.kind is Kind.CLOSURE and old is None:
                meta = msgspec.structs.replace(meta, labels={**meta.labels, CLOSED_BY: edge_owner(self._ctx.edge)})
        return msgspec.structs.replace(resource, metadata=meta)

    def permit(self, resource: AnyResource, old: AnyResource | None, by: str) -> None:
        """Raises StaleFence, QueueFull, Conflict, InvalidInput."""
        self._roster.check(resource)
        if by == "cloud":
            if resource.kind is Kind.TASK:
                self._authority.check(resource)
            return
        if resource.kind is Kind.CLOSURE and old is not None:
            refuse_clouds(old)
        if resource.kind is Kind.TASK and old is None:
            check_room(self._ctx, resource)
        if old is None:
            self.check_room(resource.kind)

    def check_room(self, kind: Kind) -> None:
        """Raises QueueFull for new work while the cloud has been away for too long."""
        if self._ctx.full and kind in (Kind.TASK, Kind.MISSION):
            fix = "bring the cloud back, or make room on the disk; stop, pause and cancel always work"
            raise QueueFull("the queue to the cloud is full: no new work", field="metadata.name", fix=fix)

    def may_delete(self, resource: AnyResource, by: str) -> None:
        """Raises Conflict (a running Mission or Task must be cancelled first, a robot must be off its work)."""
        ctx, kind, name = self._ctx, resource.kind, resource.metadata.name
        if kind in (Kind.MISSION, Kind.TASK) and not resource.status.phase.ended and resource.status.phase is not Phase.PENDING:
            raise Conflict(f"{name} is {resource.status.phase}", field="name", fix=f"cancel it first: drover cancel {name}")
        unit = ctx.units.get(name) if kind is Kind.ROBOT else None
        if unit is not None and (unit.leg is not None or unit.task):
            raise Conflict(f"{name} is at work", field="name", fix="cancel its task first")
        if kind is Kind.EDGE_NODE and name == ctx.edge:
            raise Conflict(f"{name} is this edge node", field="name", fix="delete it at the cloud when it is switched off")
        if kind is Kind.LAYOUT and ctx.site is not None and resource.spec == ctx.site.layout:
            raise Conflict(f"{name} is the layout in use", field="name", fix="apply another layout and let the edge node name it")
        if kind is Kind.ROBOT_MODEL and (users := [u.name for u in ctx.units.values() if u.spec.model == name]):
            raise Conflict(f"{name} is the model of {', '.join(users[:5])}", field="name", fix="delete those robots first")
        if kind is Kind.CLOSURE and by == "edge":
            refuse_clouds(resource)


def made_here(closure: AnyResource) -> bool:
    return CLOSED_BY in closure.metadata.labels


def refuse_clouds(closure: AnyResource) -> None:
    """Raises Conflict for a closure that only the cloud opens."""
    if not made_here(closure):
        name = closure.metadata.name
        raise Conflict(f"{name} was closed by the cloud", field="name", fix="open it at the cloud; it holds until then")
