"""What survives a crash: the rows, values and digest entries of one machine, and the application's own records beside them.

A transaction is applied whole or not at all (nodes.py), so that a crash leaves exactly what was committed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fleet.sync import effects as fx

#: key -> (revision or generation, value)
Content = dict[str, tuple[int, str]]


@dataclass
class Half:
    """One side of one conversation. `own`: state that this side owns; `copy`: its copy of the peer's."""

    rows: dict[str, dict[int, fx.Row]] = field(default_factory=dict)
    waiting: dict[str, dict[str, fx.Row]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    entries: dict[tuple[str, str], str] = field(default_factory=dict)
    own: Content = field(default_factory=dict)
    own_gone: dict[str, int] = field(default_factory=dict)
    copy: Content = field(default_factory=dict)
    copy_gone: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)  # ids of own events or commands -> how often
    taken: dict[str, int] = field(default_factory=dict)  # ids of the peer's -> how often
    dead: list[fx.DeadLetter] = field(default_factory=list)
    #: (peer's store, stream) -> last seq whose effect is stored here: kept by the judges, beside the machine's own cursor
    track: dict[tuple[str, str], int] = field(default_factory=dict)

    def clone(self) -> Half:
        return Half(
            {s: dict(r) for s, r in self.rows.items()},
            {s: dict(r) for s, r in self.waiting.items()},
            dict(self.values),
            dict(self.entries),
            dict(self.own),
            dict(self.own_gone),
            dict(self.copy),
            dict(self.copy_gone),
            dict(self.made),
            dict(self.taken),
            list(self.dead),
            dict(self.track),
        )

    def persist(self, effect: Any) -> None:
        match effect:
            case fx.PutRow(row) if row.seq:
                self.rows.setdefault(row.stream, {})[row.seq] = row
            case fx.PutRow(row):
                self.waiting.setdefault(row.stream, {})[row.key] = row
            case fx.SetValue(key, ""):
                self.values.pop(key, None)
            case fx.SetValue(key, value):
                self.values[key] = value
            case fx.PutEntry(stream, key, word):
                self.entries.pop((stream, key), None)
                if word is not None:
                    self.entries[(stream, key)] = word
            case fx.NumberRow(stream, key, seq):
                row = self.waiting[stream].pop(key)
                self.rows.setdefault(stream, {})[seq] = fx.Row(stream, key, seq, row.body, row.at, row.gone)
            case fx.DropRows(stream, upto):
                rows = self.rows.get(stream, {})
                for seq in [s for s in rows if s <= upto]:
                    del rows[seq]
            case fx.Renumber(stream, by):
                old = self.rows.get(stream, {})
                self.rows[stream] = {s - by: fx.Row(stream, r.key, s - by, r.body, r.at, r.gone) for s, r in sorted(old.items())}
            case fx.DeadLetter():
                self.dead.append(effect)

    def stored(self) -> dict[str, fx.StoredStream]:
        found: dict[str, fx.StoredStream] = {}
        for stream in {**self.rows, **self.waiting}:
            rows, waiting = self.rows.get(stream, {}), self.waiting.get(stream, {})
            found[stream] = fx.StoredStream(
                first=min(rows, default=0),
                last=max(rows, default=0),
                waiting=tuple(waiting),
                rows=len(rows) + len(waiting),
                bytes=sum(len(r.body) for r in (*rows.values(), *waiting.values())),
                oldest_at=min((r.at for r in (*rows.values(), *waiting.values())), default=None),
            )
        return found

    def load(self, ask: fx.LoadRows) -> list[fx.Row]:
        if ask.keys:
            waiting = self.waiting.get(ask.stream, {})
            return [waiting[k] for k in ask.keys if k in waiting]
        rows = self.rows.get(ask.stream, {})
        return [rows[s] for s in sorted(s for s in rows if s > ask.after_seq)[: ask.limit]]


@dataclass
class Disk:
    """Of one node. `store`: an edge node's store id, or the id of the hub's database. `counter`: last revision given."""

    store: str
    halves: dict[str, Half]
    session: int = 0
    epoch: int = 1  # hub only
    counter: int = 0
    floor: float = 0.0
    tasks: dict[str, Any] = field(default_factory=dict)  # hub only: task -> moving.Grant
    fences: dict[str, str] = field(default_factory=dict)  # edge node only
    word: str = ""  # hub only: tells two epochs of one number apart

    def clone(self) -> Disk:
        halves = {name: half.clone() for name, half in self.halves.items()}
        return Disk(
            self.store,
            halves,
            self.session,
            self.epoch,
            self.counter,
            self.floor,
            dict(self.tasks),
            dict(self.fences),
            self.word,
        )
