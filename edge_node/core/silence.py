"""Robots that say nothing, or that something is wrong: asked, told of, and (by Plans) relieved of what they have not begun."""

from __future__ import annotations

from edge_node.core.context import Context
from edge_node.core.instants import Instants
from edge_node.core.unit import Unit
from fleet.contracts.vda5050.state import State

#: A robot that says nothing is asked for its state this often, from half of its time of silence on, seconds.
POKE_EVERY_S = 10.0
#: A robot that is not believed is asked this often, so that one wrong message does not hold it up for long, seconds.
ASK_AGAIN_S = 1.0


class Silence:
    def __init__(self, ctx: Context, instants: Instants) -> None:
        self._ctx = ctx
        self._instants = instants

    def look(self, unit: Unit, now: float) -> None:
        if unit.takes_orders:
            unit.unusable_since = None
        elif unit.unusable_since is None:
            unit.unusable_since = now
        if unit.heard_at is None or not self._ctx.link:
            if unit.heard_at is None and self._ctx.link and unit.connection == "ONLINE":
                self._poke(unit, now, POKE_EVERY_S)
            return
        quiet_s = now - unit.heard_at
        silent_after_s = unit.model.dialect.silent_after_s
        if quiet_s > silent_after_s and not unit.silent:
            unit.silent, unit.status_dirty = True, True
            self._ctx.count("RobotSilent")
            self._ctx.event(
                "alarm",
                "RobotSilent",
                f"Robot/{unit.name}",
                f"{unit.name} has said nothing for {quiet_s:.0f} s",
                now,
                "look at the robot",
            )
        if quiet_s > silent_after_s / 2:
            self._poke(unit, now, POKE_EVERY_S)
        elif unit.implausible:
            self._poke(unit, now, ASK_AGAIN_S)

    def _poke(self, unit: Unit, now: float, every_s: float) -> None:
        if now - unit.poked_at >= every_s:
            unit.poked_at = now
            self._instants.send(unit, "stateRequest", now)

    def tell_errors(self, unit: Unit, state: State, before: State | None, now: float) -> None:
        """Errors that were not there before, as events."""
        old = before.errors if before is not None else ()
        for error in state.errors:
            if error in old:
                continue
            level = "warning" if error.error_level == "WARNING" else "alarm"
            text = f"{unit.name}: {error.error_type}" + (f": {error.error_description}" if error.error_description else "")
            self._ctx.event(level, "RobotError", f"Robot/{unit.name}", text[:500], now, error.error_hint or "")
