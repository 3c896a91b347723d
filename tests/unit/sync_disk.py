"""A store in memory for a SyncMachine under test: what survives a crash."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fleet.sync import effects as fx


@dataclass
class Disk:
    """What survives a crash: rows, values, entries, and the application's own records."""

    store: str
    session: int = 0
    epoch: int = 1
    rows: dict[tuple[str, int, str], fx.Row] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    entries: dict[tuple[str, str], str] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)  # ids of events or controls, in order
    state: dict[str, str] = field(default_factory=dict)  # the replica of the peer's state
    own: dict[str, str] = field(default_factory=dict)  # own state
    made: list[str] = field(default_factory=list)  # ids of own events or controls
    dead: list[fx.DeadLetter] = field(default_factory=list)

    def persist(self, effect: Any) -> None:
        match effect:
            case fx.PutRow(row):
                self.rows[(row.stream, row.seq, "" if row.seq else row.key)] = row
            case fx.NumberRow(stream, key, seq):
                row = self.rows.pop((stream, 0, key))
                self.rows[(stream, seq, "")] = fx.Row(stream, key, seq, row.body, row.at, row.gone)
            case fx.DropRows(stream, upto):
                for k in [k for k in self.rows if k[0] == stream and 1 <= k[1] <= upto]:
                    del self.rows[k]
            case fx.Renumber(stream, by):
                moved = {k: self.rows.pop(k) for k in list(self.rows) if k[0] == stream and k[1]}
                for (_, seq, _), row in moved.items():
                    self.rows[(stream, seq - by, "")] = fx.Row(stream, row.key, seq - by, row.body, row.at, row.gone)
            case fx.SetValue(key, value):
                self.values[key] = value
            case fx.PutEntry(stream, key, value):
                self.entries.pop((stream, key), None)
                if value is not None:
                    self.entries[(stream, key)] = value
            case fx.TakeIdentity(store, session):
                self.store, self.session = store, session
            case fx.DeadLetter():
                self.dead.append(effect)

    def stored(self) -> dict[str, fx.StoredStream]:
        found = {}
        for stream in {k[0] for k in self.rows}:
            rows = [r for k, r in self.rows.items() if k[0] == stream]
            seqs = [r.seq for r in rows if r.seq]
            found[stream] = fx.StoredStream(
                first=min(seqs, default=0),
                last=max(seqs, default=0),
                waiting=tuple(r.key for r in rows if not r.seq),
                rows=len(rows),
                bytes=sum(len(r.body) for r in rows),
            )
        return found

    def load(self, ask: fx.LoadRows) -> list[fx.Row]:
        if ask.keys:
            return [self.rows[(ask.stream, 0, k)] for k in ask.keys if (ask.stream, 0, k) in self.rows]
        rows = [r for k, r in self.rows.items() if k[0] == ask.stream and r.seq > ask.after_seq]
        return sorted(rows, key=lambda r: r.seq)[: ask.limit]
