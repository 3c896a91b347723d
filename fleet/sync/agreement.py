"""How two sides begin: the edge node says hello, the hub judges it and answers; both agree on cursors.

After an agreement everything either side forgot to send or to ack is repaired: the sender goes back to the receiver's cursor, and
what exists nowhere any more is skipped and said.
"""

from __future__ import annotations

from collections.abc import Mapping

from fleet.sync.effects import Effect, Note, Resync, SetValue
from fleet.sync.state import State

#: Strangers are asked who they are at most this often, seconds.
WHO_S = 0.5


def skip_lost(state: State, first: Mapping[str, int]) -> list[Effect]:
    """Rows before `first` no longer exist anywhere: go on behind them rather than wait for ever.

    Of a state stream nothing is lost by that (digests find what differs); of another it is said.
    """
    effects: list[Effect] = []
    for stream, seq in first.items():
        into = state.into.get(stream)
        if into is None or seq - 1 <= into.received:
            continue
        if stream not in state.sections and (into.received or seq > 1):
            text = f"rows {into.received + 1} to {seq - 1} of {stream} from {state.peer} are gone"
            effects.append(Note("alarm" if stream == "ev" else "info", "HistoryLost", text))
        into.reset(seq - 1)
        effects += [SetValue(f"cursor.{stream}", str(seq - 1)), SetValue(f"tail.{stream}", "")]
    return effects


def agree(state: State, committed: Mapping[str, int], credit: tuple[int, int] | None, now: float) -> list[Effect]:
    """Each outgoing stream goes on behind what the peer has committed."""
    effects: list[Effect] = []
    for stream, out in state.out.items():
        if credit is not None:
            out.credit_rows = min(max(1, credit[0]), state.limits.credit_rows)
            out.credit_bytes = max(1024, min(credit[1], state.limits.credit_bytes))
        at = committed.get(stream, 0)
        if at < out.first - 1 and out.coalesce and stream == "st" and at == 0:
            # a hub that has nothing of this store: all of it again
            effects.append(Resync(stream))
        effects += out.open(at, now)
    return effects
