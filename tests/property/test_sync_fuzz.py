"""Broken frames into both ends of FSP/1 (the full run: benchmarks/sync_fuzz.py --frames 10000)."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.sync_fuzz import STREAMS, Watched, fuzz
from fleet.sync import effects as fx
from fleet.sync.machine import SyncMachine

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=6),
    max_leaves=20,
)
TAGS = ("hello", "welcome", "later", "refused", "adopt", "who", "b", "r", "ack", "digest", "buckets", "entries", "begin", "chunk")
FRAMES = (
    st.binary(max_size=400)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.tuples(st.sampled_from(TAGS), st.lists(JSON, max_size=16)).map(lambda v: json.dumps([v[0], *v[1]]).encode())
)
WORLD = Watched(1)
WORLD.run(60, work=0.5)


def machines() -> list[SyncMachine]:
    return [node.machine for node in WORLD.nodes]


def test_broken_frames_change_nothing_for_anybody_and_the_stream_goes_on() -> None:
    result = fuzz(frames=1000, seed=7)
    assert result["first_problems"] == []
    assert result["counts"]["noted"] > 300  # they were looked at, and said to be bad
    assert result["counts"]["poison_dead_letters"] > 25


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stream=st.sampled_from(STREAMS), payload=FRAMES)
def test_a_frame_of_nobody_delivers_nothing_and_drops_no_row(stream: str, payload: bytes) -> None:
    for machine in machines():
        effects = machine.receive(stream, payload, WORLD.now)
        assert not [e for e in effects if isinstance(e, fx.Deliver | fx.DropRows | fx.PutEntry | fx.Renumber)]
