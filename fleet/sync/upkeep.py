"""What two greeted sides say beside the rows: beats, digests, snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fleet.contracts import codec, wire
from fleet.contracts.errors import InvalidInput
from fleet.sync.digest import BUCKETS
from fleet.sync.effects import DeadLetter, Deliver, Delivered, Effect, NeedSnapshot, Note, Persist, PutEntry, Resync, SetValue
from fleet.sync.frames import (
    Beat,
    BeatReply,
    DigestAsk,
    DigestBuckets,
    DigestEntries,
    Root,
    SnapBegin,
    SnapChunk,
    SnapDone,
    SnapHave,
    Talk,
)
from fleet.sync.inbound import BODY_BYTES_MAX
from fleet.sync.outbound import NEVER
from fleet.sync.snapshots import CHUNKS_MAX, Incoming, pack
from fleet.sync.state import State
from fleet.sync.view import LinkState, Role, View

BEAT_S = 5.0
#: Each so many-th beat asks for a reply: a lease renewal, a clock reading, a sign of life.
ASK_EVERY = 2
#: Roots are exchanged this often, and soon after something was delivered, seconds.
ROOT_S = 30.0
ROOT_SOON_S = 1.0
#: A digest conversation is begun at most this often, seconds.
DIGEST_S = 5.0
#: More differing buckets than this in the cloud's state: a snapshot is cheaper.
BUCKETS_FOR_SNAPSHOT = 192
#: A snapshot of which nothing comes any more is given up after, seconds.
STUCK_S = 90.0
#: Keys of one repair; the next digest finds the rest.
REPAIR_KEYS_MAX = 2_000
NUMBER_DIGITS_MAX = 15


class Upkeep:
    def __init__(self, state: State) -> None:
        self._state = state
        self._types: Any = wire.Down if state.role is Role.EDGE else wire.Up
        self.equal: bool | None = None  # the stream that this side owns agrees with the peer's copy
        self.peer_equal: bool | None = None
        self.converged_at: float | None = None
        self.offset_s: float | None = None
        self.offset_error_s: float | None = None
        self.snapshot_taken = False  # for the greeting: the peer has it
        self._beat_at = self._root_at = 0.0
        self._beats = 0
        self._digest_at = float("-inf")
        self._snapshots = 0
        self._told_root = ""
        self._done_id = ""

    def opened(self, now: float) -> None:
        """A conversation begins."""
        self._beat_at, self._root_at, self._beats = now + BEAT_S, now + ROOT_SOON_S, 0
        self._digest_at = float("-inf")

    # ---- time ----

    def due_at(self) -> float:
        if not self._state.greeted:
            return NEVER
        due = self._beat_at if self._state.role is Role.EDGE else NEVER
        if self._state.snap_out is not None:
            due = min(due, self._state.snap_out.due_at())
        return due

    def poll(self, now: float) -> list[Effect]:
        state = self._state
        if not state.greeted:
            return []
        effects = self._chunks(now)
        if state.snap_in is not None and now - state.snap_in.at > STUCK_S:
            state.snap_in = None
        if state.role is Role.EDGE and now >= self._beat_at:
            effects.append(self._beat(now))
        self._look(now)
        return effects

    def _look(self, now: float) -> None:
        if self.equal and self.peer_equal and not self._state.backlog:
            self.converged_at = now

    def _beat(self, now: float) -> Effect:
        state = self._state
        self._beats += 1
        self._beat_at = now + BEAT_S
        ask = self._beats % ASK_EVERY == 1
        beat = Beat(state.identity.boot, state.peer_boot, now, state.backlog, ask, bool(self._verdict()), self._roots(now))
        return state.control(beat, qos=0)

    def _roots(self, now: float) -> list[Root]:
        """The root each ROOT_S; sooner when it has changed."""
        roots = self._state.replica_root()
        if not roots:
            return []
        word = f"{roots[0].as_of} {roots[0].root}"
        if word == self._told_root and now < self._root_at:
            return []
        self._told_root, self._root_at = word, now + ROOT_S
        return roots

    def _verdict(self) -> bool | None:
        """Of the owned stream: rows that wait mean that the copy is behind."""
        return self.equal if self._state.out[self._state.owned].quiet else False

    # ---- the peer speaks ----

    def receive(self, message: Talk, now: float) -> list[Effect]:
        match message:
            case Beat():
                return self._on_beat(message, now)
            case BeatReply():
                return self._on_reply(message, now)
            case DigestAsk():
                return self._on_digest_ask(message)
            case DigestBuckets():
                return self._on_buckets(message, now)
            case DigestEntries():
                return self._on_entries(message)
            case SnapBegin():
                return self._on_begin(message, now)
            case SnapChunk():
                return self._on_chunk(message, now)
            case SnapHave():
                if state := self._outgoing(message.id):
                    state.received(message.upto, now)
                return self._chunks(now)
            case SnapDone():
                return self._on_done(message, now)
        return []

    def _on_beat(self, beat: Beat, now: float) -> list[Effect]:
        state = self._state
        if state.role is not Role.HUB:
            return []
        self.peer_equal = beat.equal
        effects: list[Effect] = []
        for root in beat.roots[:2]:
            effects += self.compare(root, now)
        if beat.ask:
            state.renewal_heard_at = now
            self.offset_s = beat.at - now
            reply = BeatReply(state.identity.boot, state.peer_boot, beat.at, now, bool(self._verdict()), self._roots(now))
            effects.append(state.control(reply, qos=0))
        self._look(now)
        return effects

    def _on_reply(self, reply: BeatReply, now: float) -> list[Effect]:
        state = self._state
        if state.role is not Role.EDGE or not 0.0 <= reply.echo <= now:
            return []
        newest = state.renewed_at is None or reply.echo >= state.renewed_at
        if newest:
            state.renewed_at, state.renewal_settled = reply.echo, reply.equal
        self.offset_s = reply.at - (reply.echo + now) / 2
        self.offset_error_s = (now - reply.echo) / 2
        if newest:
            self.peer_equal = reply.equal
        effects: list[Effect] = []
        for root in reply.roots[:2]:
            effects += self.compare(root, now)
        self._look(now)
        return effects

    # ---- digests: this side owns ----

    def compare(self, root: Root, now: float) -> list[Effect]:
        """A root of the peer's copy. Comparable only when it is of our newest state."""
        state = self._state
        if not self._comparable(root.stream, root.as_of) or root.of != state.identity.store_id:
            return []
        self.equal = root.root == state.sections[root.stream].root
        if self.equal or now - self._digest_at < DIGEST_S:
            return []
        self._digest_at = now
        return [self._ask(root.stream, root.as_of, [])]

    def _comparable(self, stream: str, as_of: int) -> bool:
        state = self._state
        return stream == state.owned and state.snap_out is None and state.out[stream].quiet and as_of == state.out[stream].last

    def _ask(self, stream: str, as_of: int, buckets: list[int]) -> Effect:
        return self._state.control(DigestAsk(self._state.identity.boot, self._state.peer_boot, stream, as_of, buckets))

    def _on_buckets(self, answer: DigestBuckets, now: float) -> list[Effect]:
        if not self._comparable(answer.stream, answer.as_of):
            return []
        buckets = self._state.sections[answer.stream].differing(answer.words)
        if not buckets:
            return []
        if len(buckets) > BUCKETS_FOR_SNAPSHOT and self._state.role is Role.HUB:
            state = self._state
            state.wants_snapshot = state.out[answer.stream].paused = True
            return []
        return [self._ask(answer.stream, answer.as_of, buckets)]

    def _on_entries(self, answer: DigestEntries) -> list[Effect]:
        if not self._comparable(answer.stream, answer.as_of):
            return []
        keys = self._state.sections[answer.stream].differing_keys(answer.buckets, answer.entries)[:REPAIR_KEYS_MAX]
        if not keys:
            return []
        text = f"{len(keys)} entries of {answer.stream} differ at {self._state.peer}, they are sent again: {', '.join(keys[:3])}"
        return [Note("warning", "DigestDiffers", text), Resync(answer.stream, keys)]

    # ---- digests: this side holds the copy ----

    def _on_digest_ask(self, ask: DigestAsk) -> list[Effect]:
        state = self._state
        roots = state.replica_root()
        if ask.stream != state.replicated or not roots or roots[0].as_of != ask.as_of:
            return []
        section = state.sections[ask.stream]
        boot, to = state.identity.boot, state.peer_boot
        if not ask.buckets:
            return [state.control(DigestBuckets(boot, to, ask.stream, ask.as_of, section.words()))]
        buckets = [b for b in ask.buckets if 0 <= b < BUCKETS]
        answer = DigestEntries(boot, to, ask.stream, ask.as_of, buckets, section.of_buckets(buckets))
        return [state.control(answer)]

    # ---- snapshots: this side owns ----

    def snapshot(self, stream: str, items: Sequence[tuple[str, bytes]], now: float) -> list[Effect]:
        """Begin to send one. The section becomes what it holds."""
        state = self._state
        if not state.greeted or stream != state.owned:
            return []
        self._snapshots += 1
        persist: list[Effect] = list(state.out[stream].number_all())
        try:
            outgoing, section = pack(f"{state.identity.boot}-{self._snapshots}", stream, state.out[stream].last, items)
        except InvalidInput as error:
            return [*persist, Note("alarm", "SnapshotTooLarge", f"for {state.peer}: {error.detail}", error.fix)]
        old = state.sections[stream]
        persist += [PutEntry(stream, k, None) for k in old.entries if k not in section.entries]
        persist += [PutEntry(stream, k, v) for k, v in section.entries.items() if old.get(k) != v]
        state.sections[stream] = section
        state.snap_out, state.out[stream].paused = outgoing, True
        self.equal = None
        return persist + self._chunks(now)

    def _outgoing(self, id_: str) -> Any:
        out = self._state.snap_out
        return out if out is not None and out.id == id_ else None

    def _chunks(self, now: float) -> list[Effect]:
        state, out = self._state, self._state.snap_out
        if out is None or not state.greeted:
            return []
        boot, to = state.identity.boot, state.peer_boot
        effects: list[Effect] = []
        for index in out.turn(now):
            if index < 0:
                begin = SnapBegin(boot, to, out.id, out.stream, out.as_of, out.n, len(out.chunks), out.root)
                effects.append(state.control(begin, stream="snap"))
            else:
                effects.append(state.control(SnapChunk(boot, to, out.id, index, out.chunks[index]), stream="snap"))
        return effects

    def _on_done(self, done: SnapDone, now: float) -> list[Effect]:
        out = self._outgoing(done.id)
        if out is None:
            return []
        state = self._state
        state.snap_out, state.out[out.stream].paused = None, False
        if not done.ok:
            return [NeedSnapshot(out.stream)]
        self.snapshot_taken = True
        return [*state.out[out.stream].ack(out.as_of, now), SetValue(f"need_snapshot.{out.stream}", "")]

    # ---- snapshots: this side takes ----

    def replacing(self, stream: str) -> bool:
        """Rows of this stream must wait for a snapshot."""
        state = self._state
        coming = state.snap_in is not None and state.snap_in.begin.stream == stream
        return coming or (state.snap_commit is not None and state.snap_commit[0] == stream)

    def _on_begin(self, begin: SnapBegin, now: float) -> list[Effect]:
        state = self._state
        if begin.stream != state.replicated or not 0 < begin.chunks <= CHUNKS_MAX:
            return []
        if begin.id == self._done_id:
            return self.snapshot_done()
        if begin.as_of < state.into[begin.stream].received:
            return []  # of an earlier conversation: what is here is newer
        coming = state.snap_in
        if state.snap_commit is not None or _number(begin.id) <= _number(self._done_id, of=begin.boot):
            return []  # the one before is being stored (it will be said again), or it comes late
        if coming is None or _number(coming.begin.id, of=begin.boot) < _number(begin.id):
            state.snap_in = Incoming(begin, now)
        elif coming.begin.id != begin.id:
            return []
        return self._go_on()

    def _on_chunk(self, chunk: SnapChunk, now: float) -> list[Effect]:
        coming = self._state.snap_in
        if coming is None or coming.begin.id != chunk.id:
            return []
        if coming.take(chunk.index, chunk.data):
            coming.at = now
        return self._go_on()

    def resume(self, stream: str) -> list[Effect]:
        """A batch of the stream is stored: a snapshot that waited for that goes on."""
        coming = self._state.snap_in
        return self._go_on() if coming is not None and coming.begin.stream == stream and coming.complete else []

    def _go_on(self) -> list[Effect]:
        """Say how far it is; when it is complete and nothing else of the stream is being stored, hand it to the shell."""
        state, coming = self._state, self._state.snap_in
        assert coming is not None
        here = SnapHave(state.identity.boot, state.peer_boot, coming.begin.id, len(coming.chunks))
        have = state.control(here, stream="snap")
        stream = coming.begin.stream
        if coming.begin.as_of < state.into[stream].received:
            state.snap_in = None
            return []
        if not coming.complete or state.into[stream].busy:
            return [have]
        try:
            raw, section = coming.unpack()
        except InvalidInput as error:
            state.snap_in = None
            done = SnapDone(state.identity.boot, state.peer_boot, coming.begin.id, ok=False)
            return [Note("warning", "SnapshotRefused", f"of {state.peer}: {error.detail}"), state.control(done, stream="snap")]
        items: list[Delivered] = []
        aside: list[Effect] = []  # what is not understood is put aside; all else of the snapshot holds
        for key, body in raw:
            try:
                message = codec.decode(bytes(body), self._types, bytes_max=BODY_BYTES_MAX)
            except InvalidInput as error:
                state.counters.dead += 1
                aside.append(DeadLetter(stream, coming.begin.as_of, key, str(error), bytes(body)))
                continue
            items.append(Delivered(coming.begin.as_of, key, message))
        old = state.sections[stream]
        # newest first, and after what is new: nothing goes while something that stays still needs it
        absent = [k for k in reversed(old.entries) if k not in section.entries]
        persist: list[Persist] = [PutEntry(stream, k, None) for k in absent]
        persist += [PutEntry(stream, k, v) for k, v in section.entries.items() if old.get(k) != v]
        persist.append(SetValue(f"cursor.{stream}", str(coming.begin.as_of)))
        state.snap_in, state.snap_commit = None, (stream, coming.begin.as_of, coming.begin.id, section)
        gone = [Delivered(coming.begin.as_of, key, None, gone=True) for key in absent]
        return [have, *aside, Deliver(stream, (*items, *gone), tuple(persist), coming.begin.as_of, snapshot=True)]

    def snapshot_committed(self, stream: str, seq: int) -> bool:
        """True: it was the snapshot that was committed."""
        state, mine = self._state, self._state.snap_commit
        if mine is None or mine[:2] != (stream, seq) or state.into[stream].busy:
            return False
        state.snap_commit = None
        state.sections[stream] = mine[3]
        state.into[stream].reset(seq)
        self._done_id = mine[2]
        return True

    def snapshot_done(self) -> list[Effect]:
        """Tell the owner of the one that was just committed."""
        state = self._state
        if not state.greeted:
            return []
        return [state.control(SnapDone(state.identity.boot, state.peer_boot, self._done_id, ok=True), stream="snap")]

    def snapshot_failed(self, stream: str) -> bool:
        """True: it was the snapshot that could not be stored. It is sent again when the owner hears nothing."""
        if self._state.snap_commit is None or self._state.snap_commit[0] != stream:
            return False
        self._state.snap_commit = None
        return True

    # ---- for people ----

    def view(self, now: float, online: bool, edge_epoch: int, kind: LinkState, detail: str) -> View:
        state, counters = self._state, self._state.counters
        verdicts = (self._verdict(), self.peer_equal)
        digest = "differs" if False in verdicts else "equal" if verdicts == (True, True) else "unknown"
        oldest = [t for out in state.out.values() if (t := out.oldest_at) is not None]
        return View(
            state=kind,
            heard_at=state.heard_at,
            converged_at=self.converged_at,
            digest=digest if online else "unknown",
            backlog=state.backlog,
            backlog_bytes=state.backlog_bytes,
            oldest_at=min(oldest, default=None),
            kept=sum(out.kept for out in state.out.values() if out.keep),
            edge_epoch=edge_epoch,
            hub_epoch=state.identity.hub_epoch or state.peer_epoch,
            clock_offset_s=self.offset_s,
            clock_error_s=self.offset_error_s,
            detail=detail,
            rows_sent=counters.rows_sent,
            rows_resent=counters.rows_resent,
            bytes_sent=counters.bytes_sent,
            bytes_received=counters.bytes_received,
            dead=counters.dead,
        )


def _number(snapshot: str, *, of: str = "") -> int:
    """Snapshots of one run of the owner ("{boot}-{n}") are counted; one of another run than `of` is older than all."""
    boot, _, number = snapshot.rpartition("-")
    return int(number) if number.isdecimal() and len(number) <= NUMBER_DIGITS_MAX and of in ("", boot) else 0
