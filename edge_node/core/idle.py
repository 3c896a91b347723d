"""What robots do when nobody wants anything of them: charge when low, get out of the way, go home."""

from __future__ import annotations

from edge_node.core import messages
from edge_node.core.context import Context
from edge_node.core.leg import Leg, Purpose
from edge_node.core.master import End, Master, Outcome
from edge_node.core.unit import Unit
from edge_node.core.work import Work
from fleet.contracts.errors import FleetError
from fleet.tasks.robot_state import CHARGED_ENOUGH_PCT
from fleet.tasks.site import CHARGER
from fleet.tasks.steps import START_CHARGING, charger_of, node_of

#: An idle robot goes home after so long, seconds.
HOME_AFTER_S = 20.0
#: At home on a charger it charges when the battery is below this, percent.
TOP_UP_PCT = 90.0
#: After a failed or refused leg of this kind, seconds.
TRY_AGAIN_S = 30.0
CHARGE_AGAIN_S = 600.0


class Idle:
    def __init__(self, ctx: Context, master: Master, work: Work) -> None:
        self._ctx = ctx
        self._master = master
        self._work = work

    def battery(self, unit: Unit) -> None:
        """Hysteresis: below the low mark it wants to charge, until it has charged enough."""
        state = unit.state
        if state is None or state.battery_state.battery_charge < 0:
            return
        low_pct = unit.model.battery_low_pct
        charge_pct = state.battery_state.battery_charge
        if charge_pct < low_pct:
            unit.wants_charge = True
        elif charge_pct >= low_pct + CHARGED_ENOUGH_PCT:
            unit.wants_charge = False

    def look_after(self, now: float) -> None:
        """Once a second or so, after tasks had their turn."""
        assert self._ctx.traffic is not None
        evict = set(self._ctx.traffic.to_evict(now))
        for unit in self._ctx.units.values():
            if self._at_leisure(unit, now):
                # who has just made way is not sent back into it
                self._one(unit, unit.name in evict and now - unit.pushed_at >= HOME_AFTER_S, now)

    def _at_leisure(self, unit: Unit, now: float) -> bool:
        """It stands, nobody wants anything of it, and it would take an order."""
        if unit.task or unit.leg is not None or not unit.placed or now < unit.retry_at:
            return False
        if self._ctx.stopped or unit.pause_ours or unit.spec.paused or not unit.verified or not unit.takes_orders:
            return False
        if unit.state is None or unit.state.paused or not unit.spec.enabled:
            return False
        return self._ctx.site is not None and self._ctx.site.inhibited(unit.name) is None

    # ---- out of somebody's way ----

    def show_yields(self, unit: Unit, now: float) -> None:
        """Tell traffic, where that has changed, whether it may push this robot aside.

        Not one that charges because it must: it goes on charging until it has enough.
        """
        if self._ctx.traffic is None or not unit.known:
            return
        yields = self._at_leisure(unit, now)
        if yields and unit.wants_charge and unit.state is not None and unit.state.battery_state.charging:
            yields = False
        if yields != unit.yields:
            unit.yields = yields
            self._ctx.traffic.set_yields(unit.name, yields, now)

    def step_aside(self, unit: Unit, now: float) -> None:
        """Traffic has released nodes to a robot that has no order: it gets one of its own, to the last of them."""
        assert self._ctx.traffic is not None
        view = self._ctx.traffic.route(unit.name)
        goal = view.nodes[view.base_nodes - 1]
        order_id = self._order_id(Purpose.ASIDE, unit)
        self._master.begin(unit, Leg(order_id=order_id, purpose=Purpose.ASIDE, place="", goal=goal), now)

    # ---- one robot ----

    def _one(self, unit: Unit, evicted: bool, now: float) -> None:
        assert unit.state is not None
        charging = unit.state.battery_state.charging
        if unit.wants_charge and not charging and now >= unit.charge_after and not evicted:
            self._charge(unit, now)
            return
        home = unit.node == unit.home_node
        if evicted and unit.wants_charge and not charging:
            evicted = not home
        waited = now - unit.idle_since >= HOME_AFTER_S
        if not home and (evicted or unit.recalled or (waited and not (charging and unit.wants_charge))):
            self._go(unit, Purpose.PARK, self._home_place(unit), unit.home_node, "", now)
        elif home and not charging and self._may_top_up(unit, now):
            self._go(unit, Purpose.CHARGE, self._home_place(unit), unit.home_node, START_CHARGING, now)

    def _may_top_up(self, unit: Unit, now: float) -> bool:
        assert unit.state is not None
        place = self._ctx.graph.places.get(unit.spec.home)
        if place is None or place.kind != CHARGER or now < unit.charge_after:
            return False
        return 0 <= unit.state.battery_state.battery_charge < TOP_UP_PCT

    def _home_place(self, unit: Unit) -> str:
        return unit.spec.home or unit.home_node

    def _charge(self, unit: Unit, now: float) -> None:
        assert self._ctx.site is not None
        try:
            place = charger_of(unit.spec, self._ctx.site, at_node=unit.node, taken=self._work.taken(unit))
            node = node_of(place, self._ctx.site)
        except FleetError as error:
            unit.charge_after = now + CHARGE_AGAIN_S
            self._ctx.event(
                "warning", "NoCharger", f"Robot/{unit.name}", f"{unit.name} has a low battery: {error}", now, error.fix
            )
            return
        self._go(unit, Purpose.CHARGE, place, node, START_CHARGING, now)

    def _go(self, unit: Unit, purpose: Purpose, place: str, goal: str, doing: str, now: float) -> None:
        assert self._ctx.traffic is not None
        try:
            self._ctx.traffic.set_goal(unit.name, goal, now=now)
        except FleetError:
            unit.retry_at = now + TRY_AGAIN_S
            return
        order_id = self._order_id(purpose, unit)
        known = self._ctx.graph.places.get(place)
        station = known.station_id if known is not None else place
        action = messages.step_action(unit, doing, order_id, place, station, None, "") if doing else None
        self._master.begin(unit, Leg(order_id=order_id, purpose=purpose, place=place, goal=goal, doing=doing, action=action), now)

    def _order_id(self, purpose: Purpose, unit: Unit) -> str:
        """One that was never used before, also over restarts."""
        count = int(self._ctx.values.get(f"park.{unit.name}", "0")) + 1
        self._ctx.put_value(f"park.{unit.name}", str(count))
        return f"{purpose}.{unit.name}.{count}"

    def on_end(self, unit: Unit, leg: Leg, end: End, now: float) -> None:
        assert self._ctx.traffic is not None
        outcome, reason = end
        self._ctx.traffic.clear_goal(unit.name, now)
        unit.idle_since = now
        if leg.purpose is Purpose.ASIDE:
            unit.pushed_at = now
        if outcome in (Outcome.DONE, Outcome.SHORTENED, Outcome.CANCELLED):
            return
        unit.retry_at = now + TRY_AGAIN_S
        if leg.purpose is Purpose.CHARGE and outcome in (Outcome.ACTION_FAILED, Outcome.REJECTED):
            unit.charge_after = now + CHARGE_AGAIN_S
            self._ctx.event(
                "warning", "ChargingFailed", f"Robot/{unit.name}", f"{unit.name} could not charge at {leg.place}: {reason}", now
            )
