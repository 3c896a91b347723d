"""Fences only rise, leases end at the holder first, inhibits agree: for any schedule of clocks, delays, losses and restarts."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.authority.fences import CLOSED, NO_FENCE, Fence, FenceGate, Raised, StaleFence
from fleet.authority.inhibits import CLOUD, Inhibits
from fleet.authority.leases import RHO, EdgeLeases, HubLeases
from fleet.contracts.resources import Inhibit, InhibitKind

# ---- leases ---------------------------------------------------------------------------------------------------------

TASK = "T-1"
rates = st.floats(1 - RHO, 1 + RHO)
extremes = st.sampled_from([1 - RHO, 1.0, 1 + RHO])
delays = st.sampled_from([0.0, 0.0, 0.3, 5.0, 40.0, 200.0])
pauses = st.sampled_from([0.0, 0.1, 5.0, 10.0, 25.0, 70.0])
steps = st.one_of(
    st.tuples(st.just("beat"), delays, delays),
    st.tuples(st.just("beat"), delays, delays),
    st.tuples(st.just("drift"), extremes, extremes),
    st.tuples(st.just("edge restarts"), st.just(0.0), st.just(0.0)),
    st.tuples(st.just("hub restarts"), st.just(0.0), st.just(0.0)),
    st.tuples(st.just("hub moves it"), delays, st.just(0.0)),
    st.tuples(st.just("granted"), delays, st.just(0.0)),
)


class Clock:
    """Runs at any rate within RHO of true time, from anywhere."""

    def __init__(self, origin: float) -> None:
        self._base, self._since, self.rate = origin, 0.0, 1.0

    def at(self, true: float) -> float:
        return self._base + (true - self._since) * self.rate

    def true_at(self, reading: float) -> float:
        """When it will show this, if it goes on at its present rate."""
        return self._since + (reading - self._base) / self.rate

    def drift(self, true: float, rate: float) -> None:
        self._base, self._since, self.rate = self.at(true), true, rate


@dataclass
class World:
    """One task, one edge node, one hub. `granted`, `removed`: what the edge node's store has taken."""

    ttl_s: float
    edge_clock: Clock = field(default_factory=lambda: Clock(1e6))
    hub_clock: Clock = field(default_factory=lambda: Clock(-500.0))
    true: float = 0.0
    moved: bool = False
    sent: bool = False
    granted: bool = False
    removed: bool = False
    runs: int = 0
    queue: list[tuple[float, int, str, Any]] = field(default_factory=list)
    numbers: Any = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.edge = EdgeLeases()
        self.hub = HubLeases(self.hub_clock.at(0.0))

    def later(self, delay_s: float, what: str, data: Any = None) -> None:
        heapq.heappush(self.queue, (self.true + delay_s, next(self.numbers), what, data))

    def advance(self, seconds: float) -> None:
        end = self.true + seconds
        while self.queue and self.queue[0][0] <= end:
            self.true, _, what, data = heapq.heappop(self.queue)
            self.happens(what, data)
            self.check()
        self.true = end
        self.check()

    def happens(self, what: str, data: Any) -> None:
        edge_now, hub_now = self.edge_clock.at(self.true), self.hub_clock.at(self.true)
        if what == "beat arrives":
            sent_at, run, back_s = data
            self.hub.heard("E", hub_now)
            # all that the hub has decided is committed at the edge node (and the hub has its ack)
            settled = (not self.sent or self.granted) and (not self.moved or self.removed)
            self.later(back_s, "answer arrives", (sent_at, run, settled))
        elif what == "answer arrives":
            sent_at, run, settled = data
            if run == self.runs:  # frames name the run that they are for
                self.edge.renewed(sent_at, settled=settled, now=edge_now)
        elif what == "grant arrives":
            if not self.removed:
                self.granted = True
                self.edge.hold(TASK, 1, self.ttl_s, edge_now)
        elif what == "removal arrives":
            self.removed = self.granted = True
            self.edge.release(TASK)

    def does(self, what: str, a: float, b: float) -> None:
        edge_now, hub_now = self.edge_clock.at(self.true), self.hub_clock.at(self.true)
        if what == "beat":
            self.later(a, "beat arrives", (edge_now, self.runs, b))
        elif what == "drift":
            self.edge_clock.drift(self.true, a)
            self.hub_clock.drift(self.true, b)
        elif what == "edge restarts":
            self.runs += 1
            self.edge = EdgeLeases()
            if self.granted and not self.removed:
                self.edge.hold(TASK, 1, self.ttl_s, edge_now)
        elif what == "hub restarts":
            self.hub = HubLeases(hub_now)
        elif what == "granted" and not self.moved:
            self.sent = True
            self.later(a, "grant arrives")
        elif what == "hub moves it" and self.sent and hub_now >= self.hub.expires_at("E", self.ttl_s):
            self.moved = True
            self.later(a + 300.0, "removal arrives")  # behind the grant: one stream

    def check(self) -> None:
        valid = self.edge.valid(TASK, self.edge_clock.at(self.true))
        assert not (valid and self.moved), f"held at {self.true} although the hub has moved it"
        if valid:
            holder = self.edge_clock.true_at(self.edge.until(TASK) or 0.0)
            granter = self.hub_clock.true_at(self.hub.expires_at("E", self.ttl_s))
            assert holder < granter, "the granter's end would come first"


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([20.0, 33.0, 100.0]), st.lists(st.tuples(pauses, steps), min_size=3, max_size=40))
def test_the_holders_end_comes_before_the_granters(ttl_s: float, plan: list[tuple[float, tuple[str, float, float]]]) -> None:
    world = World(ttl_s)
    for pause_s, (what, a, b) in plan:
        world.advance(pause_s)
        world.does(what, a, b)
        world.check()
    world.advance(1000.0)


@settings(deadline=None)
@given(st.floats(20.0, 3600.0), rates, rates)
def test_a_live_link_keeps_a_lease_for_ever(ttl_s: float, edge_rate: float, hub_rate: float) -> None:
    world = World(ttl_s)
    world.does("drift", edge_rate, hub_rate)
    world.does("granted", 0.0, 0.0)
    world.advance(0.1)
    for _ in range(60):
        world.does("beat", 0.2, 0.2)
        world.advance(10.0)
        assert world.edge.valid(TASK, world.edge_clock.at(world.true))


def test_after_a_restart_nothing_is_valid_until_a_settled_answer() -> None:
    leases = EdgeLeases()
    leases.hold(TASK, 1, 60.0, 100.0)
    assert not leases.valid(TASK, 100.0)
    leases.renewed(101.0, settled=False, now=101.1)
    assert not leases.valid(TASK, 101.1), "the hub may have moved it while we were away"
    leases.renewed(102.0, settled=True, now=102.1)
    assert leases.valid(TASK, 161.9)
    assert not leases.valid(TASK, 162.0)


def test_a_lease_that_ran_out_is_not_renewed_by_just_any_answer() -> None:
    leases = EdgeLeases()
    leases.renewed(0.0, settled=True, now=0.1)
    leases.hold(TASK, 1, 60.0, 1.0)
    assert leases.valid(TASK, 59.9), "a grant over an unbroken link is good at once"
    leases.renewed(61.0, settled=False, now=61.2)
    leases.hold("T-2", 2, 60.0, 62.0)
    assert not leases.valid(TASK, 61.3)
    assert not leases.valid("T-2", 62.0), "it may be an old grant that only now arrives"
    leases.hold("T-3", 3, 300.0, 62.0)
    assert leases.valid("T-3", 62.0), "for a longer lease the link was never broken"


# ---- fences ---------------------------------------------------------------------------------------------------------

keys = st.sampled_from(["task/a", "task/b", "task/c", "task/d"])
fences = st.builds(Fence, st.integers(0, 6), st.integers(0, 3))
deeds = st.tuples(st.sampled_from(["admit", "grant", "close", "crash"]), keys, fences)


@settings(deadline=None)
@given(st.lists(deeds, max_size=60), st.integers(2, 5))
def test_a_key_never_admits_less_than_it_has_admitted_even_over_crashes_and_when_it_is_full(
    plan: list[tuple[str, str, Fence]], keys_max: int
) -> None:
    stored: dict[str, str] = {}
    gate, highest = FenceGate(keys_max=keys_max), dict.fromkeys(("task/a", "task/b", "task/c", "task/d"), NO_FENCE)
    for what, key, fence in plan:
        if what == "crash":
            gate = FenceGate(stored, keys_max=keys_max)
            continue
        try:
            raised = {
                "admit": lambda k=key, f=fence: gate.admit(k, f),
                "grant": lambda k=key, f=fence: gate.grant([k], f),
                "close": lambda k=key, f=fence: gate.close(k, f.grant),
            }[what]()
        except StaleFence:
            continue
        store(stored, raised)
        if what == "close":
            highest[key] = max(highest[key], Fence(fence.grant, CLOSED))
            continue
        assert fence >= highest[key] or fence == NO_FENCE, f"{key} had {highest[key]}"
        assert what == "admit" or fence > highest[key]
        highest[key] = max(highest[key], fence)
        assert len(gate) <= keys_max


def store(stored: dict[str, str], raised: list[Raised]) -> None:
    for each in raised:
        if each.fence is None:
            stored.pop(each.key, None)
        else:
            stored[each.key] = str(each.fence)


@settings(deadline=None)
@given(fences)
def test_a_fence_is_read_as_it_was_written(fence: Fence) -> None:
    assert Fence.parse(str(fence)) == fence


@pytest.mark.parametrize("text", ["", "x", "-1", "1.2.3", "1.-2", "9" * 30, "٣", f"{2**63}", f"1.{2**31}"])
def test_what_is_no_fence_is_refused(text: str) -> None:
    with pytest.raises(Exception, match=r"fence|too large"):
        Fence.parse(text)


# ---- inhibits -------------------------------------------------------------------------------------------------------

presses = st.lists(st.sampled_from(["edge stops", "edge resumes", "cloud stops", "cloud resumes", "cfg", "cmd"]), max_size=40)


@settings(deadline=None)
@given(presses)
def test_both_sides_agree_on_what_holds_and_nobody_lifts_the_others_stop(plan: list[str]) -> None:
    edge, ids = Inhibits("E"), itertools.count()
    spec: tuple[Inhibit, ...] = ()
    specs: list[tuple[Inhibit, ...]] = []  # on their way, in order, each stream for itself
    controls: list[Inhibit | None] = []

    def deliver_spec() -> None:
        if specs:
            edge.cloud_said(specs.pop(0))

    def deliver_control() -> None:
        if controls:
            control = controls.pop(0)
            if control is None:
                edge.cloud_resumed()
            else:
                edge.heard(control)

    for what in plan:
        before = edge.own
        if what == "edge stops":
            edge.add(Inhibit(id=f"s-{next(ids)}", kind=InhibitKind.STOP, owner="whoever"))
            assert edge.stopped
            continue
        if what == "edge resumes":
            assert edge.resume() == tuple(i for i in edge.known.cloud)
            assert edge.own == ()
            continue
        if what == "cloud stops":
            stop = Inhibit(id=f"c-{next(ids)}", kind=InhibitKind.STOP, owner=CLOUD)
            spec = (*spec, stop)
            specs.append(spec)
            controls.append(stop)
        elif what == "cloud resumes":
            spec = ()
            specs.append(spec)
            controls.append(None)
        elif what == "cfg":
            deliver_spec()
        else:
            deliver_control()
        assert edge.own == before, "the cloud never touches the site's own"
    while controls:
        deliver_control()
    while specs:
        deliver_spec()
    assert {i.id for i in edge.known.cloud} == {i.id for i in spec}
    assert edge.stopped == bool(spec or edge.own)


def test_a_spec_that_left_before_the_stop_does_not_lift_it() -> None:
    edge = Inhibits("E")
    edge.heard(Inhibit(id="c-1", kind=InhibitKind.STOP, owner=CLOUD))
    edge.cloud_said(())
    assert edge.stopped
    edge.cloud_said((Inhibit(id="c-1", kind=InhibitKind.STOP, owner=CLOUD),))
    edge.cloud_said(())
    assert not edge.stopped
