"""Has a leg's action happened? Answered from what the robot reports, never from hope.

Exactly once rests on this: an action that may have happened is never done again without evidence that it has not.
"""

from __future__ import annotations

from edge_node.core.leg import Leg
from edge_node.core.unit import Unit
from fleet.contracts.vda5050.common import ActionStatus
from fleet.contracts.vda5050.state import State
from fleet.tasks.steps import DROP, PICK, START_CHARGING, WAIT


def action_status(leg: Leg, state: State) -> ActionStatus | None:
    """How the robot says that the leg's action stands; None when it does not list it. Of doubles, one that has ended."""
    if leg.action is None:
        return None
    found = [a.action_status for a in state.action_states if a.action_id == leg.action.action_id]
    return next((s for s in found if s.ended), found[-1] if found else None)


def carries(unit: Unit, load: str) -> bool | None:
    """Whether the robot has this load on board (a load without id counts as this one); None: it cannot tell."""
    loads = unit.load_ids
    if loads is None:
        return None
    return any(load_id in (load, None, "") for load_id in loads)


def happened(unit: Unit, leg: Leg, state: State) -> bool | None:
    """True: it is done. False: it is not, so that doing it (again) is right. None: nobody knows."""
    if leg.action is None:
        return state.last_node_id == leg.goal
    if action_status(leg, state) is ActionStatus.FINISHED:
        return True
    if leg.doing in (PICK, DROP):
        on_board = carries(unit, leg.task)
        if on_board is None:
            return None if leg.action_sent else False
        return on_board if leg.doing == PICK else not on_board
    if leg.doing == START_CHARGING:
        return state.battery_state.charging
    if leg.doing == WAIT or not leg.action_sent:
        return False
    return None
