"""What the parts of EdgeCore share: resources, graph, traffic, the list of effects, events with bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from edge_node.core.effects import DeleteJournal, Effect, Emit, Publish, PutJournal, PutResource, PutValue, Section
from edge_node.core.leg import to_journal
from edge_node.core.unit import Unit
from fleet.contracts.errors import FleetError, NotFound
from fleet.contracts.resources import AnyResource, Kind, Resource
from fleet.contracts.wire import Event
from fleet.layout.graph import SiteGraph
from fleet.planning.prediction.site import SiteForecast
from fleet.planning.travel import TravelTimes
from fleet.tasks.site import Site
from fleet.traffic.control import TrafficControl
from fleet.traffic.face import Traffic, TrafficFactory

#: Events about bad messages of one source: at most one in so many seconds; the counters count them all.
BAD_MESSAGE_EVERY_S = 10.0
#: Sources of bad messages that are told apart; further ones share one place.
BAD_SOURCES_MAX = 1000


@dataclass
class Context:
    """`resources` is the truth of specs and statuses; `effects` collects what the shell must do."""

    site_name: str
    edge: str
    session: int | str
    resources: dict[Kind, dict[str, AnyResource]] = field(default_factory=lambda: {kind: {} for kind in Kind})
    units: dict[str, Unit] = field(default_factory=dict)
    by_key: dict[tuple[str, str, str], str] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    site: Site | None = None
    travel: TravelTimes | None = None
    forecast: SiteForecast | None = None
    traffic: Traffic | None = None
    make_traffic: TrafficFactory = TrafficControl  # a simulation may put a baseline here
    stopped: bool = False
    link: bool = False
    cloud: bool = False
    full: bool = False  # no room for new work
    strict: bool = False  # hardly any room: no events of level info, but for those of work
    events: int = 0
    dirty_missions: set[str] = field(default_factory=set)
    revoked: dict[str, int] = field(default_factory=dict)  # task -> fence of the attempt that the cloud took back
    touched: dict[str, None] = field(default_factory=dict)  # robots that something has happened to, in order (rounds.py)
    task_put: Callable[[str], None] = lambda name: None  # told of each task that is put (queues.py)
    _bad_at: dict[str, float] = field(default_factory=dict)

    @property
    def graph(self) -> SiteGraph:
        assert self.site is not None, "no layout yet"
        return self.site.graph

    def touch_all(self) -> None:
        """Something has happened that may be about any robot."""
        self.touched = dict.fromkeys(self.units)

    # ---- effects ----

    def publish(self, topic: str, payload: bytes) -> None:
        self.effects.append(Publish(topic, payload))

    def journal(self, unit: Unit) -> None:
        """Write down, or strike out, what the robot was promised."""
        if unit.leg is None:
            self.effects.append(DeleteJournal(unit.name))
        else:
            self.effects.append(PutJournal(unit.name, to_journal(unit.leg)))

    def put_value(self, key: str, value: str) -> None:
        if self.values.get(key, "") != value:
            self.values[key] = value
            self.effects.append(PutValue(key, value))

    def event(self, level: str, reason: str, subject: str, message: str, now: float, fix: str = "") -> None:
        """`subject`: Kind/name."""
        if self.strict and level == "info" and not subject.startswith(("Task/", "Mission/")):
            self.count("EventsDropped")
            return
        self.events += 1
        self.effects.append(
            Emit(
                Event(
                    id=f"{self.edge}-{self.session}-{self.events}",
                    at=now,
                    level=level,
                    reason=reason,
                    subject=subject,
                    message=message,
                    fix=fix,
                )
            )
        )

    def count(self, name: str) -> None:
        self.counters[name] = self.counters.get(name, 0) + 1

    def bad_message(self, source: str, error: FleetError, now: float, *, reason: str = "BadMessage", subject: str = "") -> None:
        """A counter for each, an event at most every BAD_MESSAGE_EVERY_S for each source and reason."""
        self.count(reason)
        if not self.may_complain(f"{reason} {source[:200]}", now, others=f"{reason} others"):
            return
        where = f"{error.field}: " if error.field else ""
        self.event(
            "warning", reason, subject or f"EdgeNode/{self.edge}", f"{source[:200]}: {where}{error.detail[:300]}", now, error.fix
        )

    def may_complain(self, key: str, now: float, *, others: str = "others") -> bool:
        """Whether this complaint may become an event: at most every BAD_MESSAGE_EVERY_S, of few keys at a time."""
        if key not in self._bad_at and len(self._bad_at) >= BAD_SOURCES_MAX:
            key = others
        if now - self._bad_at.get(key, float("-inf")) < BAD_MESSAGE_EVERY_S:
            return False
        self._bad_at[key] = now
        return True

    # ---- resources ----

    def get(self, kind: Kind, name: str) -> AnyResource:
        """Raises NotFound."""
        found = self.resources[kind].get(name)
        if found is None:
            raise NotFound(f"no {kind} {name!r}", field="name", fix=f"see `drover get {kind.lower()}`")
        return found

    def blocked(self) -> frozenset[str]:
        """Nodes that no plan may use now: closed ones, and those that a robot standing still shuts in."""
        closed = self.site.closed_nodes if self.site is not None else frozenset()
        return closed | self.traffic.shut_in() if self.traffic is not None else closed

    def put(self, resource: AnyResource, section: Section, *, durable: bool = True) -> None:
        self.resources[resource.kind][resource.metadata.name] = resource
        self.effects.append(PutResource(resource, section, durable))
        if resource.kind is Kind.TASK:
            self.task_put(resource.metadata.name)

    def put_status(self, kind: Kind, name: str, **changes: Any) -> AnyResource:
        """Change status fields; nothing is put when nothing changes. Raises NotFound."""
        resource = self.get(kind, name)
        status = msgspec.structs.replace(resource.status, **changes)
        if status != resource.status:
            resource = Resource(kind=kind, metadata=resource.metadata, spec=resource.spec, status=status)
            self.put(resource, Section.STATUS)
        return resource

    def put_spec(self, kind: Kind, name: str, section: Section, **changes: Any) -> AnyResource:
        """Change spec fields at the edge. Raises NotFound."""
        resource = self.get(kind, name)
        spec = msgspec.structs.replace(resource.spec, **changes)
        if spec != resource.spec:
            meta = resource.metadata
            if section is Section.MADE:
                meta = msgspec.structs.replace(meta, generation=meta.generation + 1)
            resource = Resource(kind=kind, metadata=meta, spec=spec, status=resource.status)
            self.put(resource, section)
        return resource

    def all_resources(self) -> list[AnyResource]:
        return [r for by_name in self.resources.values() for r in by_name.values()]
