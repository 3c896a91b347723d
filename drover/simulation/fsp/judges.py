"""Judges see everything that is true, which no node does: each keeps one rule of the design's list and says when it falls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drover.simulation.fsp.disk import Disk, Half
    from drover.simulation.fsp.nodes import Node, Side
    from drover.simulation.fsp.world import World

#: A run is stopped after so many.
VIOLATIONS_MAX = 1


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    at_s: float
    text: str


@dataclass
class Truth:
    """What was ever committed by whom. `said`: id -> (edge, stream, key)."""

    said: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    states: set[tuple[str, str, str, int, str]] = field(default_factory=set)
    taken: dict[str, set[str]] = field(default_factory=dict)  # "edge/ev" or "edge/cmd" -> ids
    void_commands: set[str] = field(default_factory=set)  # made by a hub that was then restored
    quarantined_at: dict[str, float] = field(default_factory=dict)  # edge -> when last
    copied_at: dict[str, float] = field(default_factory=dict)  # edge -> when a second copy began to live


class Judge:
    """One rule. `name` is the design's number; hooks are called while a transaction is applied, `finish` at the end."""

    name = ""

    def __init__(self, world: World) -> None:
        self.world, self.truth = world, world.truth

    def fell(self, text: str) -> None:
        self.world.judges.fell(self.name, text)

    def starting(self, node: Node, half: Half) -> None: ...

    def storing(self, node: Node, side: Side, stored: list[Any], deliveries: list[Any]) -> None: ...

    def stored(self, node: Node, side: Side, stored: list[Any], deliveries: list[Any]) -> None: ...

    def took(self, node: Node, side: Side, id_: str) -> None: ...

    def copied(self, node: Node, side: Side, key: str, content: tuple[int, str]) -> None: ...

    def own_changed(self, node: Node, side: Side, key: str, value: tuple[int, str] | None) -> None: ...

    def said(self, node: Node, side: Side, key: str, id_: str) -> None: ...

    def told(self, node: Node, side: Side, effect: Any) -> None: ...

    def raised(self, node: Node, raised: Any) -> None: ...

    def granted(self, task: str, grant: Any) -> None: ...

    def trusts(self, node: Node, task: str, fence: int) -> None: ...

    def moves(self, node: Node, task: str, fence: int, until: float) -> None: ...

    def backed_up(self, disk: Disk) -> None: ...

    def tick(self) -> None: ...

    def finish(self) -> None: ...


HOOKS = (
    "starting",
    "storing",
    "stored",
    "took",
    "copied",
    "own_changed",
    "said",
    "told",
    "raised",
    "granted",
    "trusts",
    "moves",
    "backed_up",
    "tick",
    "finish",
)


class Judges:
    """All of them; each hook calls those that care."""

    starting: Callable[..., None]
    storing: Callable[..., None]
    stored: Callable[..., None]
    took: Callable[..., None]
    copied: Callable[..., None]
    own_changed: Callable[..., None]
    said: Callable[..., None]
    told: Callable[..., None]
    raised: Callable[..., None]
    granted: Callable[..., None]
    trusts: Callable[..., None]
    moves: Callable[..., None]
    backed_up: Callable[..., None]
    tick: Callable[..., None]
    finish: Callable[..., None]

    def __init__(self, world: World, kinds: Iterable[type[Judge]]) -> None:
        self.world = world
        self.violations: list[Violation] = []
        world.judges = self
        judges = [kind(world) for kind in kinds]
        for hook in HOOKS:
            listeners = [getattr(j, hook) for j in judges if getattr(type(j), hook) is not getattr(Judge, hook)]
            setattr(self, hook, _fan_out(listeners))

    def fell(self, rule: str, text: str) -> None:
        self.violations.append(Violation(rule, round(self.world.scheduler.now, 3), text))

    @property
    def enough(self) -> bool:
        return len(self.violations) >= VIOLATIONS_MAX


def _fan_out(listeners: list[Callable[..., None]]) -> Callable[..., None]:
    def call(*args: Any) -> None:
        for listener in listeners:
            listener(*args)

    return call
