"""Tasks that are moved between edge nodes: leases, fences and the reassign rule (fleet/authority), with robots that truly move.

The hub grants each task to one edge node (a resource with a fence); when that is silent, or for no reason at all, it takes the
task away and gives it to another as soon as the reassign rule allows. An edge node lets a robot move for VALID_S at a time, as
long as the grant and its policy allow; the judges see when robots move, in true time.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drover.simulation.fsp.judges import Judge
from fleet.authority import leases, reassign
from fleet.authority.fences import Fence, FenceGate, Raised, StaleFence, task_key
from fleet.contracts.commands import Attested
from fleet.contracts.resources import Effects, OnDisconnect
from fleet.contracts.wire import RevokeOutcome

if TYPE_CHECKING:
    from drover.simulation.fsp.nodes import Node, Side
    from drover.simulation.fsp.world import World

TASKS = 3
PREFIX = "Task/"
#: A robot moves for so long after each word of its edge node, seconds; the word is repeated each STEP_S.
VALID_S = 5.0
STEP_S = 3.0
#: The hub looks at its tasks this often, and takes one away after so long a silence, seconds.
LOOK_S = 5.0
SILENT_S = 30.0
#: An edge node stops this long after a lease at a safe point, at the latest, seconds.
SAFE_POINT_S = 150.0


@dataclass(frozen=True)
class Grant:
    """What the hub has decided of one task. `store`: the edge node's at that time. `taken`: it was taken away again."""

    edge: str
    store: str
    fence: int
    policy: OnDisconnect
    ttl_s: float
    taken: bool = False
    taken_at: float = 0.0

    @property
    def words(self) -> str:
        return f"{self.fence} {self.policy} {self.ttl_s}"


class Hands:
    """One run of an edge node: its leases, its fences, and when it last let a robot move."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.leases = leases.EdgeLeases()
        self.gate = FenceGate(node.disk.fences)
        self._renewed_at: float | None = None
        self._ended: dict[str, float] = {}  # task -> own clock when its lease was first seen to be over

    def step(self, side: Side) -> None:
        node, now = self.node, self.node.clock.now
        at = side.machine.renewed_at
        if at is not None and at != self._renewed_at:
            self._renewed_at = at
            self.leases.renewed(at, settled=side.machine.renewal_settled, now=now)
        held = {k.removeprefix(PREFIX): v[1].split() for k, v in side.half.copy.items() if k.startswith(PREFIX)}
        for task, words in held.items():
            fence, policy, ttl_s = int(words[0]), OnDisconnect(words[1]), float(words[2])
            if self._accepted(side, task, fence):
                self.leases.hold(task, fence, ttl_s, now)
                if self._may_move(task, policy, now):
                    node.world.moving.moves(node, task, fence, self.leases.valid(task, now))
        for key, text in list(node.disk.fences.items()):
            task, known = key.partition("/")[2], Fence.parse(text)
            if task not in held and known.sub == 0:
                self._give_up(side, task, known.grant)

    def _accepted(self, side: Side, task: str, fence: int) -> bool:
        """Is it the known attempt? A newer one is stored first, and begins with the next step."""
        key = task_key(task)
        if self.node.disk.fences.get(key) == str(Fence(fence)):
            return True
        with suppress(StaleFence):  # an attempt that is over
            self._store(side, self.gate.grant([key], Fence(fence)))
        return False

    def _store(self, side: Side, raised: list[Raised], says: str = "") -> None:
        def change() -> None:
            for one in raised:
                self.node.world.judges.raised(self.node, one)
                self.node.disk.fences[one.key] = str(one.fence)

        if says:
            self.node.say(side, "revoked", says, change)
        else:
            self.node.do(side, [], [change])

    def _may_move(self, task: str, policy: OnDisconnect, now: float) -> bool:
        if policy is OnDisconnect.CONTINUE or self.leases.valid(task, now):
            self._ended.pop(task, None)
            return True
        over_at = self.leases.until(task)
        if policy is OnDisconnect.STOP_NOW or over_at is None:
            return False
        return now < over_at + SAFE_POINT_S

    def _give_up(self, side: Side, task: str, fence: int) -> None:
        """It was taken away: when its robot stands, say so."""
        self.leases.release(task)
        if self.node.world.moving.moving_until(self.node.edge, task) <= self.node.world.scheduler.now:
            self._store(side, self.gate.close(task_key(task), fence), f"revoked/{task}/{fence}")


class Moving:
    """The hub's decisions, and what robots truly do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.on = world.config.authority
        self.hub_leases = leases.HubLeases(0.0)
        self._until: dict[tuple[str, str], float] = {}
        self._hands: dict[str, tuple[int, Hands]] = {}
        #: The lock of what the robots share (a door, a station): it keeps the highest fence, whoever is wrong about the rest.
        self._device = FenceGate()
        self.misjudged: set[str] = set()  # tasks of which a person said that the robot stands, and it did not
        self.moved = self.refused = 0

    def start(self) -> None:
        if self.on:
            self.world.scheduler.after(LOOK_S, self._look)
            for copies in self.world.copies.values():
                self._step(copies[0])

    def hub_started(self) -> None:
        self.hub_leases = leases.HubLeases(self.world.hub.clock.now)

    def moving_until(self, edge: str, task: str) -> float:
        return self._until.get((edge, task), 0.0)

    def moves(self, node: Node, task: str, fence: int, believes: bool) -> None:
        now = self.world.scheduler.now
        if believes:
            self.world.judges.trusts(node, task, fence)
        try:
            self._device.admit(task_key(task), Fence(fence))
        except StaleFence:
            self.refused += 1
            return
        self._until[(node.edge, task)] = now + VALID_S
        self.world.judges.moves(node, task, fence, now + VALID_S)

    def _step(self, node: Node) -> None:
        def step() -> None:
            if node.alive and node.stopped_until <= self.world.scheduler.now and node.edge in node.sides:
                run, hands = self._hands.get(node.leg, (-1, None))
                if hands is None or run != node.run:
                    hands = Hands(node)
                    self._hands[node.leg] = (node.run, hands)
                hands.step(node.sides[node.edge])
            self.world.scheduler.after(STEP_S, step)

        step()

    def _look(self) -> None:
        hub = self.world.hub
        if hub.alive and hub.stopped_until <= self.world.scheduler.now and not hub.queue and self.world.work.going:
            for edge, side in hub.sides.items():
                if side.machine.renewal_heard_at is not None:
                    self.hub_leases.heard(edge, side.machine.renewal_heard_at)
            for n in range(TASKS):
                if hub.alive and not hub.queue:
                    self._decide(hub, f"t{n}")
        self.world.scheduler.after(LOOK_S, self._look)

    def _decide(self, hub: Node, task: str) -> None:
        rng, grant, now = self.world.rng, hub.disk.tasks.get(task), hub.clock.now
        if grant is None:
            self._grant(hub, task, rng.choice(self.world.edges), rng.choice(list(OnDisconnect)), rng.choice((20.0, 60.0)))
        elif not grant.taken:
            silent = now - self.hub_leases.heard_at(grant.edge) > SILENT_S
            if silent or rng.random() < 0.02:
                self._put(hub, task, replace(grant, taken=True, taken_at=now), grant.edge, None)
        elif isinstance(reassign.may_start(self._holder(hub, task, grant), now), reassign.Allowed):
            others = [e for e in self.world.edges if e != grant.edge]
            self._grant(hub, task, rng.choice(others), grant.policy, grant.ttl_s)
            self.moved += 1

    def _holder(self, hub: Node, task: str, grant: Grant) -> reassign.Holder:
        half, world = hub.sides[grant.edge].half, self.world
        answered = f"revoked/{task}/{grant.fence}" in half.taken
        # after a long while somebody says that the robot stands; of one that goes on by itself without having looked
        late = hub.clock.now - grant.taken_at > 600.0
        moves = self.moving_until(grant.edge, task) >= world.scheduler.now
        stands = late and (grant.policy is OnDisconnect.CONTINUE or not moves)
        if stands and moves:
            self.misjudged.add(task)
        return reassign.Holder(
            effects=Effects.EXCLUSIVE,
            on_disconnect=grant.policy,
            lease_over_at=self.hub_leases.expires_at(grant.edge, grant.ttl_s),
            answered=RevokeOutcome.STOPPED if answered else None,
            attested=Attested.STOPPED if stands else None,
            store_lost=half.values.get("edge.store", "") != grant.store,
        )

    def _grant(self, hub: Node, task: str, edge: str, policy: OnDisconnect, ttl_s: float) -> None:
        store = hub.sides[edge].half.values.get("edge.store", "")
        if store:
            fence = hub.next_revision()
            grant = Grant(edge, store, fence, policy, ttl_s)
            self._put(hub, task, grant, edge, (fence, grant.words))

    def _put(self, hub: Node, task: str, grant: Grant, edge: str, value: tuple[int, str] | None) -> None:
        """The decision and its row, in one transaction."""

        def change() -> None:
            hub.disk.tasks[task] = grant
            self.world.judges.granted(task, grant)

        hub.put(hub.sides[edge], PREFIX + task, value, also=change)


class OneExecutor(Judge):
    """I7: in true time robots never move for two attempts at one exclusive task at once."""

    name = "I7"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._until: dict[str, dict[int, float]] = {}

    def moves(self, node: Node, task: str, fence: int, until: float) -> None:
        now, known = self.world.scheduler.now, self._until.setdefault(task, {})
        others = [f for f, end in known.items() if f != fence and end > now]
        if others and task not in self.world.moving.misjudged:
            self.fell(f"{node.leg} moves for {task} under fence {fence}, while it is moved for under {others}")
        known[fence] = until


class FencesRise(Judge):
    """I8: no edge node takes a fence below its highest, and no device that robots share obeys one (whoever was wrong)."""

    name = "I8"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._highest: dict[str, int] = {}

    def moves(self, node: Node, task: str, fence: int, until: float) -> None:
        if fence < self._highest.get(task, 0):
            self.fell(f"a robot of {node.leg} does {task} under fence {fence} after {self._highest[task]}")
        self._highest[task] = max(fence, self._highest.get(task, 0))

    def raised(self, node: Node, raised: Raised) -> None:
        old = node.disk.fences.get(raised.key)
        if old is not None and raised.fence is not None and raised.fence <= Fence.parse(old):
            self.fell(f"{node.leg} takes {raised.key} {raised.fence} after {old}")


class LeaseHolds(Judge):
    """I9: while an edge node believes in its lease the hub has given the task to nobody else."""

    name = "I9"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._granted: dict[str, int] = {}

    def granted(self, task: str, grant: Grant) -> None:
        self._granted[task] = max(self._granted.get(task, 0), grant.fence)

    def trusts(self, node: Node, task: str, fence: int) -> None:
        if self._granted.get(task, 0) > fence:
            self.fell(f"{node.leg} believes in its lease of {task}, fence {fence}; {self._granted[task]} is granted")
