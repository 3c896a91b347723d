"""What the robot does while it stands: picking, dropping, charging, waiting; with durations, and loads that are real.

Each action is begun at most once per actionId; its end is remembered, so that an agent that was restarted can ask.
"""

from __future__ import annotations

import zlib

import msgspec

from fleet.contracts.resources import RobotModelSpec
from fleet.contracts.vda5050.common import Action, ActionStatus
from robot_agent.core.port import ActionChanged, parameters_of

#: Ends of actions that the robot remembers; the oldest go first.
ENDED_REMEMBERED = 200
#: Durations vary by this share up and down, fixed by seed and actionId.
JITTER_SHARE = 0.2
#: Seconds that an action takes which the model says nothing about.
DEFAULT_S = 10.0
DURATIONS_S = {"startCharging": 1.0, "stopCharging": 1.0, "initPosition": 0.5, "clean": 30.0, "disinfect": 30.0, "inspect": 15.0}
#: Longest action, so that a wrong parameter can't hold a robot for ever, in seconds.
DURATION_S_MAX = 24 * 3600.0
#: What any virtual robot can do, besides its model's own action types.
ACTION_TYPES = frozenset(
    {"pick", "drop", "wait", "startCharging", "stopCharging", "initPosition", "finePositioning", "detectObject"}
    | {"clean", "disinfect", "inspect", "guide", "logReport"}
)


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that physically happened: a load changed hands. The log of facts is what tests believe."""

    kind: str  # pick | drop
    load_id: str
    node_id: str
    action_id: str
    at_s: float


class RunningWork(msgspec.Struct, kw_only=True):
    action: Action
    end_s: float


class Ended(msgspec.Struct, frozen=True):
    status: ActionStatus
    result: str = ""


class Work(msgspec.Struct, kw_only=True):
    """`loads`: ids on board, first picked first. `seed` fixes the jitter."""

    seed: int = 0
    loads: list[str] = msgspec.field(default_factory=list)
    running: dict[str, RunningWork] = msgspec.field(default_factory=dict)
    ended: dict[str, Ended] = msgspec.field(default_factory=dict)

    def begin(self, action: Action, model: RobotModelSpec, now_s: float) -> ActionChanged | None:
        """The robot was told to do this. Answers at once when it is known already or can't be done; else None."""
        known = self.ended.get(action.action_id)
        if known is not None:
            return ActionChanged(action.action_id, known.status, known.result)
        if action.action_id in self.running:
            return ActionChanged(action.action_id, ActionStatus.RUNNING)
        kind = kind_of(action.action_type, model)
        if kind == "pick" and len(self.loads) >= model.load_units_max:
            return self._end(action, ActionStatus.FAILED, f"no room: carries {', '.join(self.loads)}")
        if kind == "drop" and not self.loads:
            return self._end(action, ActionStatus.FAILED, "nothing on board")
        self.running[action.action_id] = RunningWork(action=action, end_s=now_s + self._duration_s(action, kind, model))
        return None

    def next_end_s(self) -> float:
        return min((r.end_s for r in self.running.values()), default=float("inf"))

    def finish(self, now_s: float, node_id: str, model: RobotModelSpec) -> list[tuple[ActionChanged, Fact | None, str]]:
        """All work that ends at or before now: (what to tell, what changed hands, kind)."""
        done = sorted((r for r in self.running.values() if r.end_s <= now_s), key=lambda r: r.end_s)
        return [self._finish(r, node_id, model) for r in done]

    def abort(self, action_id: str) -> ActionChanged | None:
        """Waiting can be given up; handling a load cannot (6.10.1: it ends by itself)."""
        running = self.running.get(action_id)
        if running is None or running.action.action_type in ("pick", "drop"):
            return None
        del self.running[action_id]
        return self._end(running.action, ActionStatus.FAILED, "given up")

    def adopt(self, fact: Fact) -> None:
        """A fact of the log that the saved state does not know yet: it happened, so it is never done again."""
        if fact.action_id in self.ended:
            return
        self.running.pop(fact.action_id, None)
        self._apply(fact)
        self._remember(fact.action_id, Ended(ActionStatus.FINISHED, fact.load_id))

    def _finish(self, running: RunningWork, node_id: str, model: RobotModelSpec) -> tuple[ActionChanged, Fact | None, str]:
        action = running.action
        del self.running[action.action_id]
        kind = kind_of(action.action_type, model)
        fact = None
        if kind in ("pick", "drop"):
            load_id = _load_id(action) if kind == "pick" else self._dropped(action)
            fact = Fact(kind=kind, load_id=load_id, node_id=node_id, action_id=action.action_id, at_s=running.end_s)
            self._apply(fact)
        return self._end(action, ActionStatus.FINISHED, fact.load_id if fact else ""), fact, kind

    def _dropped(self, action: Action) -> str:
        wanted = _load_id(action)
        return wanted if wanted in self.loads else self.loads[0]

    def _apply(self, fact: Fact) -> None:
        if fact.kind == "pick":
            self.loads.append(fact.load_id)
        elif fact.load_id in self.loads:
            self.loads.remove(fact.load_id)

    def _end(self, action: Action, status: ActionStatus, result: str) -> ActionChanged:
        self._remember(action.action_id, Ended(status, result))
        return ActionChanged(action.action_id, status, result)

    def _remember(self, action_id: str, end: Ended) -> None:
        self.ended[action_id] = end
        while len(self.ended) > ENDED_REMEMBERED:
            del self.ended[next(iter(self.ended))]

    def _duration_s(self, action: Action, kind: str, model: RobotModelSpec) -> float:
        asked = parameters_of(action)
        for key in ("duration_s", "duration", "seconds"):
            value = asked.get(key)
            if isinstance(value, int | float) and value >= 0:
                return min(float(value), DURATION_S_MAX)
        base = {"pick": model.pick_s, "drop": model.drop_s}.get(kind, DURATIONS_S.get(kind, DEFAULT_S))
        chance = zlib.crc32(f"{self.seed}:{action.action_id}".encode()) / 2**32  # 0..1, the same for the same id
        return base * (1 + JITTER_SHARE * (2 * chance - 1))


def kind_of(action_type: str, model: RobotModelSpec) -> str:
    """A model's own word for pick, drop, ... as the common one."""
    return next((name for name, template in model.actions.items() if template.action_type == action_type), action_type)


def _load_id(action: Action) -> str:
    asked = parameters_of(action)
    for key in ("loadId", "load_id", "item", "loadType"):
        value = asked.get(key)
        if isinstance(value, str) and value:
            return value
    return action.action_id
