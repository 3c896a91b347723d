"""Exhaustive crash points: a short script is played once to count the steps of all shells, then again with a crash at each.

A step is a place before or after something durable or visible: before a commit, after it, before each frame that goes out.
"""

from __future__ import annotations

from collections.abc import Iterator

from drover.simulation.fsp import messages
from drover.simulation.fsp.config import Config
from drover.simulation.fsp.judges import Judge, Violation
from drover.simulation.fsp.net import Weather
from drover.simulation.fsp.run import JUDGES
from drover.simulation.fsp.world import World

QUIET = Config(hours=0.0, edges=1, faults=(), weather=Weather(), settle_s=200.0, idle_s=30.0)
#: Between two steps of the script, seconds.
PAUSE_S = 1.0


def script(world: World) -> Iterator[None]:
    """Twenty steps: all kinds of rows both ways, a cut, a backup, a hub that is restored from it."""
    hub, edge = world.hub, world.copies["edge-1"][0]

    def put(node: object, name: str, value: str | None) -> None:
        at = hub if node is hub else edge
        if at.alive and "edge-1" in at.sides:
            content = None if value is None else (at.next_revision(), value)
            at.put(at.sides["edge-1"], messages.key_of(name), content)

    def say(node: object, id_: str) -> None:
        at = hub if node is hub else edge
        if at.alive and "edge-1" in at.sides:
            at.say(at.sides["edge-1"], "r1", id_)

    for n in range(3):
        put(hub, f"r{n}", f"spec {n}")
        put(edge, f"r{n}", f"status {n}")
        say(edge, f"event-{n}")
        yield
    say(hub, "command-1")
    yield
    put(hub, "r0", None)
    put(edge, "r1", None)
    yield
    put(hub, messages.POISON, "cannot be applied")
    say(edge, "event-3")
    yield
    world.back_up()
    yield
    put(hub, "r1", "after the backup")
    put(hub, "r2", None)
    say(edge, "event-4")
    yield
    edge.unlink(edge.sides["edge-1"])
    yield
    put(edge, "r2", "alone")
    say(edge, "event-5")
    put(hub, "r3", "meanwhile")
    yield
    edge.link(edge.sides["edge-1"])
    yield
    world.faults.hub_restored()
    yield
    for _ in range(6):
        say(edge, f"event-{world.work.count + 6}")
        world.work.count += 1
        yield


def play(crash_at: int, *, judges: tuple[type[Judge], ...] = JUDGES) -> tuple[int, list[Violation]]:
    """(steps that there were, what fell), with a crash at step `crash_at` (0: none)."""
    world = World(1, QUIET, judges)
    world.crash_at = crash_at
    world.work.going = False
    world.scheduler.after(30.0, world.tick)
    for _ in script(world):
        world.run_for(PAUSE_S)
    world.run_for(20.0)
    points, world.crash_at = world.points, 0
    world.heal()
    world.settle()
    world.judges.finish()
    return points, world.judges.violations
