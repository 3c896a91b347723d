"""The cloud is back: what a site has gathered goes to a hub's sync machine, frame by frame, and is counted there.

The hub is the product's SyncMachine with a memory instead of a database. What it has committed is what the cloud would know.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from edge_node.store.keeper import Keeper
from fleet.contracts.resources import Kind, Phase
from fleet.contracts.wire import StatusReport
from fleet.sync import effects as fx
from fleet.sync.machine import Identity, Role, SyncMachine

#: One turn of both sides, seconds; a homecoming that takes more of them than this never ends.
STEP_S = 0.05
TURNS_MAX = 400_000


@dataclass
class Home:
    """`rows`: delivered, by stream. `repeated`: twice or out of order. `endings`: tasks that are known to have ended."""

    rows: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    endings: set[str] = field(default_factory=set)
    dead: int = 0
    seconds: float = 0.0
    bytes: int = 0
    left: int = 0


class Homecoming:
    """One edge node and its hub on one clock. `now`: the edge node's own, and the hub's."""

    def __init__(self, keeper: Keeper, now: float) -> None:
        self._keeper, self._now = keeper, now
        self._up: deque[fx.Send] = deque()
        self._down: deque[fx.Send] = deque()
        self._last: Counter[str] = Counter()
        self.home = Home()
        self.hub = SyncMachine(Role.HUB, me="cloud", peer=keeper.core.edge, identity=Identity("hub.1", 1, "hub-boot", 1), now=now)
        keeper.to_cloud = self._up.append
        keeper.clock = lambda: self._now

    async def run(self) -> Home:
        """Until the queue is empty, or no turn helps."""
        keeper, began = self._keeper, self._now
        keeper.sync(keeper.machine.link_up(self._now))
        self._obey(self.hub.link_up(self._now))
        for _ in range(TURNS_MAX):
            await keeper.flush()
            while self._up:
                frame = self._up.popleft()
                self.home.bytes += len(frame.payload)
                self._obey(self.hub.receive(frame.stream, frame.payload, self._now))
            while self._down:
                frame = self._down.popleft()
                keeper.sync(keeper.machine.receive(frame.stream, frame.payload, self._now))
            self._now += STEP_S
            keeper.sync(keeper.machine.poll(self._now))
            self._obey(self.hub.poll(self._now))
            if keeper.machine.online(self._now) and not keeper.machine.backlog:
                break
        await keeper.flush()
        self.home.seconds, self.home.left = self._now - began, keeper.machine.backlog
        return self.home

    def _obey(self, effects: list[fx.Effect]) -> None:
        for effect in effects:
            match effect:
                case fx.Send():
                    self._down.append(effect)
                case fx.Deliver(stream, items, _, seq):
                    for item in items:
                        self._take(stream, item)
                    self._obey(self.hub.committed(stream, seq, self._now))
                case fx.DeadLetter():
                    self.home.dead += 1
                case fx.NeedSnapshot(stream):
                    self._obey(self.hub.snapshot(stream, [], self._now))
                case _:
                    pass  # to be stored: this hub does not restart

    def _take(self, stream: str, item: fx.Delivered) -> None:
        self.home.rows[stream] += 1
        self.home.repeated += item.seq <= self._last[stream]
        self._last[stream] = max(self._last[stream], item.seq)
        message = item.message
        if isinstance(message, StatusReport) and message.kind == Kind.TASK:
            ended = Phase(message.status.get("phase", Phase.PENDING)).ended
            (self.home.endings.add if ended else self.home.endings.discard)(message.name)
