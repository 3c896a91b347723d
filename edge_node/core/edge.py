"""EdgeCore: everything that an edge node decides, without a clock, a socket or a disk.

Messages, resources, controls and the time come in; effects (effects.py) go out. The production shell (edge_node/app.py)
and the simulator drive the very same object:

    core = EdgeCore(site="demo", edge="edge-1", session=1)
    core.restore(resources, journal, now)              # both may be empty
    core.apply(resource, now)                          # Layout, RobotModel, Robot, EdgeNode, Closure, Mission, Task
    core.robots_link(True, now)                        # the edge broker is connected: subscribe to `core.topics()`
    core.on_robot_message(topic, payload, now)         # state, connection, visualization, factsheet
    core.tick(now)                                     # every TICK_S or so
    for effect in core.take_effects(): ...             # after each call (or each batch of calls)
    core.planned(version, result, now)                 # the answer to a NeedPlan; the simulator answers at once

`now` is Unix seconds and never goes back. No method raises for what a robot sends; `apply`, `delete` and `control`
raise FleetError for what a caller must change, and then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edge_node.core.attempts import Attempts
from edge_node.core.authority import Authority
from edge_node.core.context import Context
from edge_node.core.controls import Controls
from edge_node.core.dispatch import Dispatch
from edge_node.core.effects import DeleteJournal, DeleteResource, Effect, Section
from edge_node.core.etas import Etas
from edge_node.core.forecasts import Forecasts
from edge_node.core.gates import PREFIX, Gates
from edge_node.core.idle import Idle
from edge_node.core.instants import Instants
from edge_node.core.intake import Intake
from edge_node.core.leg import Leg, Purpose, from_journal
from edge_node.core.master import End, Master
from edge_node.core.missions import Missions
from edge_node.core.pauses import Pauses
from edge_node.core.plans import Plans
from edge_node.core.positions import Positions
from edge_node.core.retention import forget_old
from edge_node.core.roster import Roster
from edge_node.core.rounds import Rounds
from edge_node.core.silence import Silence
from edge_node.core.twins import Twins
from edge_node.core.unit import Unit
from edge_node.core.wishes import Wishes, made_here
from edge_node.core.work import Work
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import (
    AnyResource,
    EdgeNodeSpec,
    EdgeNodeStatus,
    Inhibit,
    Kind,
    ObjectMeta,
    Resource,
)
from fleet.contracts.vda5050.common import Message
from fleet.contracts.vda5050.state import Connection, ConnectionState, State, Visualization
from fleet.contracts.wire import ControlCommand, Revoke, Telemetry
from fleet.planning.problem import PlanResult
from fleet.traffic.control import TrafficControl
from fleet.traffic.face import TrafficFactory

#: How often a shell calls `tick`, seconds.
TICK_S = 0.1
#: Who has fallen silent or stands in the way is looked at this often beside each robot's own messages, seconds.
WATCH_S = 0.5
#: What need not be looked at with each tick, seconds.
SLOW_S = 1.0
#: Notes of one reason that begin alike, by so many characters, are the same complaint.
NOTE_KEY_CHARS = 32
#: From this level of the outbox on, new work is refused.
PRESSURE_NO_WORK = 0.8
#: From here on, events of level info are dropped (and counted), but for those of tasks and missions.
PRESSURE_ENDINGS_ONLY = 0.95


class EdgeCore:
    """See the module's docstring. `session`: rises with each start of the process, so that event ids never repeat.

    `traffic`: makes the traffic control of a layout; simulations put the baseline of benchmarks there.
    """

    def __init__(self, *, site: str, edge: str, session: int | str = 0, traffic: TrafficFactory = TrafficControl) -> None:
        ctx = self._ctx = Context(site_name=site, edge=edge, session=session, make_traffic=traffic)
        self._instants = Instants(ctx)
        self._master = Master(ctx, self._instants)
        self._authority = Authority(ctx)
        self._work = Work(ctx, self._master, self._authority)
        self._attempts = Attempts(ctx, self._work, self._authority)
        self._silence = Silence(ctx, self._instants)
        self._gates = Gates(ctx)
        self._idle = Idle(ctx, self._master, self._work)
        self._plans = Plans(ctx, self._work)
        self._missions = Missions(ctx)
        self._positions = Positions(ctx)
        self._pauses = Pauses(ctx, self._instants, self._work, self._authority)
        self._intake = Intake(ctx)
        self._twins = Twins(ctx)
        self._etas = Etas(ctx)
        self._forecasts = Forecasts(ctx)
        self._roster = Roster(ctx)
        self._wishes = Wishes(ctx, self._authority, self._roster)
        self._controls = Controls(ctx, self._work, self._authority, self._roster.reclose)
        self._rounds = Rounds(
            ctx,
            self._master,
            self._work,
            Dispatch(ctx, self._master, self._work, self._authority),
            self._idle,
            self._plans,
            self._attempts,
            self._twins,
            self._missions,
        )
        self._journal: dict[str, Leg] = {}
        self._slow_at = self._watched_at = float("-inf")
        self._ensure_edge_node()

    def _ensure_edge_node(self) -> None:
        meta = ObjectMeta(name=self._ctx.edge, site=self._ctx.site_name)
        self._ctx.resources[Kind.EDGE_NODE][self._ctx.edge] = Resource(
            kind=Kind.EDGE_NODE, metadata=meta, spec=EdgeNodeSpec(), status=EdgeNodeStatus()
        )

    # ---- start ------------------------------------------------------------------------------------------------------

    def restore(
        self, resources: Iterable[AnyResource], journal: Mapping[str, bytes], now: float, values: Mapping[str, str] | None = None
    ) -> None:
        """What the store remembers. Robots hold their journalled base as obstacles until they are heard."""
        self._ctx.values.update(values or {})
        for resource in resources:
            self._ctx.resources[resource.kind][resource.metadata.name] = resource
        for robot, body in journal.items():
            try:
                self._journal[robot] = from_journal(body)
            except InvalidInput as error:
                self._ctx.event("alarm", "JournalUnreadable", f"Robot/{robot}", f"{robot}: {error}", now, "look at the robot")
        self._authority.restore(now)
        self._attempts.restore()
        self._ctx.stopped = self._authority.inhibits.stopped
        self._roster.rebuild(now)
        self._take_new_units(now)
        for task in self._ctx.resources[Kind.TASK].values():
            self._work.load(task, now)
        self._ctx.dirty_missions.update(self._ctx.resources[Kind.MISSION])

    def _take_new_units(self, now: float) -> None:
        """Robots that have just become known get what the journal promised them."""
        for unit in self._ctx.units.values():
            leg = self._journal.pop(unit.name, None)
            if leg is None:
                continue
            if self._ctx.site is None or not leg.nodes or any(n not in self._ctx.graph.nodes for n in leg.nodes):
                self._ctx.effects.append(DeleteJournal(unit.name))
                continue
            unit.leg, unit.verified = leg, False
            self._roster.hold(unit, leg.here, tuple(leg.ahead), now)
            self._positions.obstacle(unit, now)

    # ---- wishes (cloud, local API) ----------------------------------------------------------------------------------

    def apply(self, resource: AnyResource, now: float, by: str = "cloud") -> AnyResource:
        """Create or change a resource's spec; its status here stays. Answers the resource as it is now.

        `by`: cloud | edge (then the change travels up). Raises InvalidInput, NotFound, Conflict; then nothing has changed.
        """
        kind, name = resource.kind, resource.metadata.name
        old = self._ctx.resources[kind].get(name)
        if old is not None:
            resource = self._wishes.merged(resource, old, by)
            if by == "edge" and resource.spec == old.spec and resource.metadata.labels == old.metadata.labels:
                return old
        resource = self._wishes.stamped(resource, old, by)
        self._wishes.permit(resource, old, by)
        if kind is Kind.LAYOUT:
            self._roster.check_layout(resource)
        if old is not None and by == "cloud" and kind is Kind.CLOSURE and made_here(old) and old.spec != resource.spec:
            return self._controls.still_closed(old, now)
        self._ctx.put(resource, Section.SPEC if by == "cloud" else Section.MADE)
        self._applied(resource, old, now)
        self._advance(now)
        return self._ctx.get(kind, name)

    def check(self, resource: AnyResource) -> None:
        """What `apply` at the site's own API would refuse. Raises InvalidInput, Conflict, QueueFull."""
        self._roster.check(resource)
        if resource.metadata.name not in self._ctx.resources[resource.kind]:
            self._wishes.check_room(resource.kind)

    def _applied(self, resource: AnyResource, old: AnyResource | None, now: float) -> None:
        kind, name = resource.kind, resource.metadata.name
        changed = old is None or old.spec != resource.spec
        if kind is Kind.TASK:
            self._authority.take(resource, now)
            if old is not None and resource.spec.fence > old.spec.fence:
                self._attempts.replaced(name, old.spec.fence, now)
            self._work.load(resource, now)
            self._plans.show(name, now)
            self._controls.follow(kind, name, now)
        elif kind is Kind.MISSION:
            self._controls.follow(kind, name, now)
        elif kind is Kind.CLOSURE:
            self._roster.reclose(now)
        elif changed:
            if (
                kind is Kind.EDGE_NODE
                and name == self._ctx.edge
                and old is not None
                and (resource.spec.inhibits != old.spec.inhibits)
            ):
                self._authority.cloud_said(resource.spec.inhibits)
                self._controls.follow_stop(now)
            before = self._ctx.traffic
            self._roster.rebuild(now)
            self._take_new_units(now)
            if self._ctx.traffic is not before:
                self._work.aim_all(now)
            self._ctx.touch_all()
            for task in self._ctx.resources[Kind.TASK].values():
                self._work.load(task, now)

    def delete(self, kind: Kind, name: str, now: float, by: str = "cloud") -> AnyResource:
        """Raises NotFound, Conflict (a running Mission or Task must be cancelled first, a robot must be off its work)."""
        resource = self._ctx.get(kind, name)
        if by == "cloud" and kind is Kind.TASK and not resource.status.phase.ended:
            self._attempts.deleted(resource, now)
            self._advance(now)
            return resource
        if by == "cloud" and kind is Kind.CLOSURE and made_here(resource):
            self._controls.still_closed(resource, now)
            return resource
        self._wishes.may_delete(resource, by)
        del self._ctx.resources[kind][name]
        self._ctx.effects.append(DeleteResource(kind, name, made=by == "edge"))
        if kind is Kind.TASK:
            self._attempts.forget(resource)
            self._work.queues.discard(name)
            self._ctx.dirty_missions.add(resource.spec.mission)
        elif kind is Kind.CLOSURE:
            self._roster.reclose(now)
        elif kind is not Kind.MISSION:
            self._roster.rebuild(now)
            self._ctx.touch_all()
        self._advance(now)
        return resource

    def control(self, command: ControlCommand, now: float, by: str = "edge") -> None:
        """Pause, resume, cancel, stop, ... The same id twice does it once. Raises NotFound, InvalidInput.

        `by`: cloud | edge. A stop belongs to who pressed it: only that side takes it back.
        """
        self._controls.do(command, now, by_cloud=by == "cloud")
        self._ctx.touch_all()
        self._advance(now)

    # ---- robots -----------------------------------------------------------------------------------------------------

    def topics(self) -> list[tuple[str, int]]:
        """(topic filter, QoS) that the shell subscribes at the edge broker; may grow with new RobotModels.

        All that is said under a robot's name, so that a misspelt topic is told; our own orders come back and are left out.
        """
        prefixes = {r.spec.dialect.topic_prefix for r in self._ctx.resources[Kind.ROBOT_MODEL].values()}
        return [*((f"{prefix}/+/+/+", 1) for prefix in sorted(prefixes or {"uagv/v2"})), *self._gates.topics]

    def robots_link(self, up: bool, now: float) -> None:
        """The edge broker is connected and subscribed, or lost."""
        if up and not self._ctx.link:
            for unit in self._ctx.units.values():
                self._instants.send(unit, "stateRequest", now)
        elif not up and self._ctx.link:
            self._ctx.event("warning", "RobotBrokerLost", f"EdgeNode/{self._ctx.edge}", "the robots' broker is away", now)
        self._ctx.link = up

    def on_robot_message(self, topic: str, payload: bytes, now: float, *, retained: bool = False, settle: bool = True) -> None:
        """Never raises: bad messages become events and counters, and disturb nothing else.

        `settle` False: what follows for tasks and releases waits for `settle`, so that many messages share it.
        """
        self._hear(topic, payload, now, retained)
        if settle:
            self.settle(now)

    def settle(self, now: float) -> None:
        """What follows from the messages since the last call."""
        if self._ctx.touched:
            self._advance(now)

    def _hear(self, topic: str, payload: bytes, now: float, retained: bool) -> None:
        if topic.startswith(PREFIX):
            self._gates.heard(topic, payload, now)
            return
        read = self._intake.read(topic, payload, now)
        if read is None:
            return
        unit, name, message = read
        if name == "connection":
            self._on_connection(unit, message, now)
        elif retained and name != "factsheet":
            self._ctx.count("RetainedIgnored")  # VDA 5050 retains neither state nor visualization: it is old
        elif name == "state":
            if not self._intake.replayed(unit, message, topic, now):
                self._on_state(unit, message, now)
        elif isinstance(message, Visualization):
            velocity = message.velocity
            speed_mps = abs(velocity.vx) if velocity is not None and velocity.vx is not None else None
            self._positions.take_visualization(unit, message.agv_position, speed_mps, now)

    def _on_connection(self, unit: Unit, message: Message, now: float) -> None:
        assert isinstance(message, Connection)
        self._ctx.touched[unit.name] = None
        word = str(message.connection_state)
        if word == unit.connection:
            return
        unit.connection, unit.status_dirty = word, True
        if message.connection_state is ConnectionState.ONLINE:
            unit.broken_at = None
            if self._ctx.link:
                self._instants.send(unit, "stateRequest", now)
        else:
            unit.broken_at = now
            if unit.state is not None and message.connection_state is ConnectionState.CONNECTIONBROKEN:
                self._ctx.event("warning", "RobotConnectionBroken", f"Robot/{unit.name}", f"{unit.name}: connection lost", now)

    def _on_state(self, unit: Unit, message: Message, now: float) -> None:
        assert isinstance(message, State)
        before, unit.state, unit.heard_at = unit.state, message, now
        unit.status_dirty = True
        self._ctx.touched[unit.name] = None
        if unit.connection != "ONLINE":
            # a state that comes after the break outranks an old or missing connection message
            unit.connection, unit.broken_at = "ONLINE", None
        if unit.silent:
            unit.silent = False
            if before is not None:
                self._ctx.event("info", "RobotHeard", f"Robot/{unit.name}", f"{unit.name} is heard again", now)
        velocity = message.velocity
        unit.speed_mps = abs(velocity.vx) if velocity is not None and velocity.vx is not None else unit.speed_mps
        if not message.driving:
            unit.speed_mps = 0.0
        self._positions.take_state(unit, message, now)
        self._silence.tell_errors(unit, message, before, now)
        self._instants.on_state(unit, message)
        self._idle.battery(unit)
        self._follow_leg(unit, message, before, now)
        self._positions.locate(unit, message, now)
        self._positions.obstacle(unit, now)
        self._pauses.reconcile(unit, now)

    def _follow_leg(self, unit: Unit, state: State, before: State | None, now: float) -> None:
        if unit.leg is None:
            return
        leg = unit.leg
        end = None if unit.verified else self._work.verify(unit, now)
        if end is None:
            end = self._master.on_state(unit, state, before, now)
        if end is not None:
            self._ended(unit, leg, end, now)

    def _ended(self, unit: Unit, leg: Leg, end: End, now: float) -> None:
        if unit.state is not None:
            self._positions.locate(unit, unit.state, now)
        if leg.purpose is Purpose.TASK:
            self._work.on_end(unit, leg, end, now)
        else:
            self._idle.on_end(unit, leg, end, now)

    # ---- time and answers -------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Timers. Call it every TICK_S or so (the simulator may take longer steps)."""
        watch = now - self._watched_at >= WATCH_S
        if watch:
            self._watched_at = now
            self._gates.tick(now)
        for unit in self._ctx.units.values():
            if watch:
                self._silence.look(unit, now)
                self._positions.obstacle(unit, now)
            if unit.instants:
                self._instants.tick(unit, now)
            leg = unit.leg
            end = self._master.tick(unit, now) if leg is not None else None
            if leg is not None and end is not None:
                self._ended(unit, leg, end, now)
            self._pauses.reconcile(unit, now)
        if now - self._slow_at >= SLOW_S:
            self._slow_at = now
            self._controls.tick(now)
            self._roster.tick(now)
            self._forecasts.tick(now)
            self._etas.update(now)
            forget_old(self._ctx)
            self._count_robots()
        self._delete_ended(self._rounds.tick(now), now)

    def planned(self, version: int, result: PlanResult, now: float) -> None:
        """The answer to NeedPlan; an old version is ignored."""
        self._plans.planned(version, result, now)
        self._advance(now)

    def take_effects(self) -> list[Effect]:
        """All effects since the last call, in order."""
        effects, self._ctx.effects = self._ctx.effects, []
        return effects

    def _advance(self, now: float) -> None:
        """After a change: rounds.py."""
        self._delete_ended(self._rounds.go(now), now)

    def _delete_ended(self, names: list[str], now: float) -> None:
        """Tasks that the cloud has deleted, and of which nothing moves any more."""
        for name in names:
            if name in self._ctx.resources[Kind.TASK]:
                self.delete(Kind.TASK, name, now)

    def _count_robots(self) -> None:
        units = self._ctx.units.values()
        online = sum(u.state is not None and not u.silent for u in units)
        self._ctx.put_status(Kind.EDGE_NODE, self._ctx.edge, robots=len(units), robots_online=online, stopped=self._ctx.stopped)

    def note(self, level: str, reason: str, message: str, now: float, fix: str = "") -> None:
        """An event about this edge node itself, from its shells (sync, store, links); a complaint only now and then."""
        if level != "info" and not self._ctx.may_complain(f"{reason} {message[:NOTE_KEY_CHARS]}", now):
            return
        self._ctx.event(level, reason, f"EdgeNode/{self._ctx.edge}", message, now, fix)

    def cloud_link(self, up: bool, now: float) -> None:
        """Whether the cloud is heard. While it is, it gets a moment to assign new tasks itself."""
        if up != self._ctx.cloud:
            self._ctx.cloud = up
            text = "the cloud is heard" if up else "the cloud is away; this site goes on by itself"
            self.note("info" if up else "warning", "CloudHeard" if up else "CloudAway", text, now)

    def pressure(self, level: float, now: float) -> None:
        """How full the queue to the cloud (or the disk) is, 0 to 1: from PRESSURE_NO_WORK on no new work is taken."""
        full, self._ctx.strict = level >= PRESSURE_NO_WORK, level >= PRESSURE_ENDINGS_ONLY
        if full != self._ctx.full:
            self._ctx.full = full
            text = f"the queue to the cloud is {level:.0%} full" if full else "there is room in the queue to the cloud again"
            fix = "bring the cloud back; until then no new work is taken here" if full else ""
            self.note("alarm" if full else "info", "OutboxFull" if full else "OutboxHasRoom", text, now, fix)

    def report_link(self, *, now: float, **fields: float | str | None) -> None:
        """Fields of EdgeNodeStatus that only the shell knows: the queue to the cloud, and how long it can run without it."""
        self._ctx.put_status(Kind.EDGE_NODE, self._ctx.edge, **fields)

    def lease_renewed(self, at: float, now: float, *, settled: bool) -> None:
        """The cloud has answered a beat that was sent at `at` (own clock): leases count from then (EdgeLeases.renewed).

        `settled`: it had nothing decided that is not committed here; only that renews a lease which has run out.
        """
        self._authority.leases.renewed(at, settled=settled, now=now)

    def revoke(self, revoke: Revoke, now: float) -> None:
        """The cloud takes an attempt back: its fence is closed, its robot comes to a safe point, then it is answered."""
        self._attempts.revoke(revoke, now)
        self._advance(now)

    # ---- views ------------------------------------------------------------------------------------------------------

    def telemetry(self, now: float) -> Telemetry:
        """The live map as columns, one row a robot."""
        return self._twins.telemetry(now, self._roster.epoch)

    def resources(self, kind: Kind) -> list[AnyResource]:
        """By name."""
        return [r for _, r in sorted(self._ctx.resources[kind].items())]

    def resource(self, kind: Kind, name: str) -> AnyResource:
        """Raises NotFound."""
        return self._ctx.get(kind, name)

    @property
    def counters(self) -> Mapping[str, int]:
        """How often what was refused or went wrong, by reason."""
        return self._ctx.counters

    @property
    def edge(self) -> str:
        """This edge node's name."""
        return self._ctx.edge

    @property
    def inhibits(self) -> tuple[Inhibit, ...]:
        """All that is forbidden now, by the cloud and by the site, oldest first."""
        return self._authority.inhibits.entries

    @property
    def stopped(self) -> bool:
        return self._ctx.stopped

    def explain(self) -> list[str]:
        """Why robots wait, in words."""
        return self._ctx.traffic.explain() if self._ctx.traffic is not None else []
