"""The hub's half of a greeting: who is it, what does it know, what does it need."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.contracts.errors import Conflict, NotFound
from fleet.sync.admission import Admission
from fleet.sync.agreement import WHO_S, agree, skip_lost
from fleet.sync.effects import Effect, HubRestored, NeedSnapshot, Note, Persist, Quarantined, SetValue, StoreReplaced
from fleet.sync.frames import PROTOCOL_MAX, PROTOCOL_MIN, Ack, Adopt, Control, Hello, Later, Refused, Welcome, Who
from fleet.sync.identity import Registry, Verdict, lineage
from fleet.sync.outbound import NEVER
from fleet.sync.state import State
from fleet.sync.upkeep import Upkeep
from fleet.sync.view import LinkState

#: Runs of an edge node whose newest hello is remembered.
BOOTS_MAX = 64
#: A hello that is older than the newest one is taken for late for so long, seconds (and then believed: the newest may have been a
#: damaged one).
LATE_S = 60.0
#: A conversation in which the edge node was heard within so many seconds is alive.
LIVE_S = 12.0
#: Sessions of this store of which is remembered where their numbers began.
SESSIONS_MAX = 16


class HubGreeting:
    def __init__(self, state: State, upkeep: Upkeep, values: Mapping[str, str], admission: Admission) -> None:
        self._state, self._upkeep, self._admission = state, upkeep, admission
        self._registry = Registry.load(values)
        self._same_store = values.get("own_store", "") in ("", state.identity.store_id)
        self._new = "own_store" not in values
        self._need_refill = values.get("refill", "") == "1"
        self._need_snapshot = values.get("need_snapshot.cfg", "") == "1"
        self._checkpointed = {s: int(values.get(f"checkpoint.{s}") or 0) for s in state.into}
        self._hello: Hello | None = None  # of the greeted run
        self._history_upto = 0  # last row of ev that the edge node had when it said hello
        self._began = _sessions(values.get("sessions", "") if self._same_store else "")
        self._who_at = float("-inf")
        self._said_at: dict[str, tuple[float, float]] = {}  # boot -> `at` of its newest hello

    @property
    def edge_epoch(self) -> int:
        return self._registry.edge_epoch

    @property
    def detail(self) -> str:
        return self._registry.quarantine

    def at_start(self) -> list[Effect]:
        """This database has become another store (a new one, or restored): what it meant to send is void."""
        if self._same_store and not self._new:
            return [self._begin_session()]
        effects: list[Effect] = [SetValue("own_store", self._state.identity.store_id)]
        if self._same_store:
            return [*effects, self._begin_session()]
        dropped = self._state.out["cmd"].backlog
        for out in self._state.out.values():
            effects += out.clear()
        if dropped:
            text = f"{dropped} commands for {self._state.peer} are from before the restore and are dropped"
            effects.append(Note("alarm", "CommandsDropped", text, "say again what still holds"))
        self._need_snapshot = True
        return [*effects, SetValue("need_snapshot.cfg", "1"), self._begin_session()]

    def _begin_session(self) -> Effect:
        """Write down from which numbers on this session sends: no edge node of an earlier one can have them."""
        state = self._state
        self._began[state.identity.session] = {s: out.next_seq for s, out in state.out.items()}
        for old in sorted(self._began)[:-SESSIONS_MAX]:
            del self._began[old]
        words = (f"{n}:{':'.join(f'{s}={seq}' for s, seq in began.items())}" for n, began in self._began.items())
        return SetValue("sessions", " ".join(words))

    def kind(self, now: float) -> LinkState:
        if self._registry.quarantine:
            return LinkState.QUARANTINED
        if not self._state.link or not self._state.greeted:
            return LinkState.AWAY
        if self._need_refill:
            return LinkState.REFILLING
        return LinkState.SNAPSHOT if self._need_snapshot else LinkState.ONLINE

    def link_up(self, now: float) -> list[Effect]:
        return [self._who(now)]

    def closed(self) -> None:
        self._admission.leave(self._state.peer)

    def due_at(self) -> float:
        return 0.0 if self._snapshot_is_due() else NEVER

    def _snapshot_is_due(self) -> bool:
        """It is wanted, and what the edge node had to say when it said hello is here.

        Else a snapshot could hold work that was made and ended at the site, with its end still on the way: a site that has
        forgotten it would do it again.
        """
        state = self._state
        return state.wants_snapshot and state.greeted and state.into["ev"].committed >= self._history_upto

    def poll(self, now: float) -> list[Effect]:
        if self._upkeep.snapshot_taken:
            self._upkeep.snapshot_taken = False
            self._need_snapshot = False
            self._admission.leave(self._state.peer)
        if self._state.wants_snapshot:
            self._admission.progress(self._state.peer, now)
        if not self._snapshot_is_due():
            return []
        self._state.wants_snapshot = False
        return [NeedSnapshot("cfg")]

    def _who(self, now: float) -> Effect:
        self._who_at = now
        return self._state.control(Who(self._state.identity.boot))

    def _alive(self, now: float) -> bool:
        heard_at = self._state.heard_at
        return self._state.greeted and heard_at is not None and now - heard_at < LIVE_S

    def stranger(self, boot: str, to: str, now: float) -> list[Effect]:
        """Of a run that was not greeted. While the greeted one is heard it is likely an old frame (a live copy says hello)."""
        if self._alive(now):
            return []
        return [self._who(now)] if now - self._who_at >= WHO_S else []

    def receive(self, message: Control, now: float) -> list[Effect]:
        return self._on_hello(message, now) if isinstance(message, Hello) else []

    # ---- hello ----

    def _on_hello(self, hello: Hello, now: float) -> list[Effect]:
        state = self._state
        if hello.edge != state.peer:
            return [Note("warning", "WrongName", f"{hello.edge} speaks on the topics of {state.peer}", "see the broker's rights")]
        said_at, heard_at = self._said_at.get(hello.boot, (0.0, float("-inf")))
        if hello.at <= said_at and (now - heard_at < LATE_S or self._alive(now)):
            return []  # said before, or an older one that comes late
        if hello.boot not in self._said_at and len(self._said_at) >= BOOTS_MAX:
            self._said_at.clear()
        self._said_at[hello.boot] = (hello.at, now)
        if hello.protocol[0] > PROTOCOL_MAX or hello.protocol[1] < PROTOCOL_MIN:
            detail = f"it speaks {hello.protocol[0]} to {hello.protocol[1]}, the cloud {PROTOCOL_MIN} to {PROTOCOL_MAX}"
            return [state.control(Refused(hello.boot, "version", detail, hello.at))]
        evidence = self._knows_more(hello)
        if evidence:
            return [HubRestored(f"{state.peer} {evidence}", max(state.identity.hub_epoch, lineage(hello.knows)[1]))]
        if self._wants_resync(hello) and (wait_s := self._admission.enter(state.peer, now)):
            return [state.control(Later(hello.boot, wait_s, hello.at))]
        return self._judged(hello, now)

    def _knows_more(self, hello: Hello) -> str:
        """Proof that this database is older than what the edge node has seen of it; else ""."""
        state = self._state
        if hello.knows != state.identity.store_id:
            theirs, ours = lineage(hello.knows), lineage(state.identity.store_id)
            if theirs[0] == ours[0] and theirs[1] >= ours[1]:
                return f"knows this database as {hello.knows}, it calls itself {state.identity.store_id}"
            return ""
        if hello.hub_session > state.identity.session:
            return f"has spoken with session {hello.hub_session}, this is {state.identity.session}"
        for stream, seq in hello.cursors.items():
            if stream in state.out and seq > state.out[stream].last:
                return f"has row {seq} of {stream}, the newest here is {state.out[stream].last}"
        later = min((n for n in self._began if n > hello.hub_session), default=0)
        for stream, first in self._began.get(later, {}).items():
            if hello.cursors.get(stream, 0) >= first:
                return f"has row {hello.cursors[stream]} of {stream} since session {hello.hub_session}, it was made in {later}"
        if hello.store_id in self._registry.old_stores:
            return ""  # its cursors are forgotten
        known = hello.store_id == state.peer_store
        for stream, seq in hello.acked.items():
            mine = state.into[stream].committed if known and stream in state.into else 0
            if stream in state.into and seq > mine:
                return f"was told that row {seq} of {stream} is stored, the last here is {mine}"
        return ""

    def _knows_less(self, hello: Hello) -> str:
        """Proof that the edge node's store is older than what it has said itself; else ""."""
        state = self._state
        if hello.store_id != state.peer_store:
            return ""
        for stream, into in state.into.items():
            if hello.next.get(stream, 1) <= into.committed:
                return f"row {into.committed} of {stream} came from it, it would go on with {hello.next.get(stream, 1)}"
        if hello.knows == state.identity.store_id:
            for stream, out in state.out.items():
                if hello.cursors.get(stream, 0) < out.acked:
                    return f"it had stored row {out.acked} of {stream}, and now {hello.cursors.get(stream, 0)}"
        return ""

    def _wants_resync(self, hello: Hello) -> bool:
        other = hello.knows != self._state.identity.store_id
        return self._need_refill or self._need_snapshot or other or hello.store_id != self._state.peer_store

    def _judged(self, hello: Hello, now: float) -> list[Effect]:
        state, registry = self._state, self._registry
        was_quarantined = bool(registry.quarantine)
        verdict, persist = registry.judge(hello, now, self._knows_less(hello))
        effects: list[Effect] = list(persist)
        match verdict:
            case Verdict.STALE:
                return [*effects, state.control(Refused(hello.boot, "stale", registry.challenges[hello.boot], hello.at))]
            case Verdict.QUARANTINED:
                return [*effects, *self._quarantine(hello, told=was_quarantined)]
            case Verdict.ADOPT:
                return [*effects, state.control(Adopt(hello.boot, registry.adopted, registry.session + 1, hello.at))]
            case Verdict.NEW_STORE:
                effects += self._new_store(hello)
        return effects + self._welcome(hello, now)

    def _quarantine(self, hello: Hello, *, told: bool) -> list[Effect]:
        state, registry = self._state, self._registry
        state.close()
        self._admission.leave(state.peer)
        effects: list[Effect] = [] if told else [Quarantined(registry.quarantine, dict(registry.candidates))]
        # the one that was trusted asks who we are with its next beat, and is refused then
        return [*effects, state.control(Refused(hello.boot, "quarantined", registry.quarantine, hello.at))]

    def _new_store(self, hello: Hello) -> list[Effect]:
        state = self._state
        last = {s: i.committed for s, i in state.into.items()}
        old, state.peer_store = state.peer_store, hello.store_id
        effects: list[Effect] = [SetValue("peer_store", hello.store_id)]
        for stream, into in state.into.items():
            into.reset(0)
            self._checkpointed[stream] = 0
            effects += [SetValue(f"{name}.{stream}", word) for name, word in (("cursor", "0"), ("checkpoint", ""), ("tail", ""))]
        if old and self._registry.adopted != hello.store_id and hello.knows == "":
            effects.append(StoreReplaced(old, last))
        self._need_snapshot = True
        return [*effects, SetValue("need_snapshot.cfg", "1")]

    def _welcome(self, hello: Hello, now: float) -> list[Effect]:
        state = self._state
        other_hub = bool(hello.knows) and hello.knows != state.identity.store_id
        effects: list[Effect] = []
        if other_hub and not self._need_refill:
            self._need_refill = True
            effects.append(SetValue("refill", "1"))
        if hello.knows != state.identity.store_id and not self._need_snapshot:
            self._need_snapshot = True
            effects.append(SetValue("need_snapshot.cfg", "1"))
        if state.greeted:
            state.close()
        self._hello = hello
        effects += skip_lost(state, hello.first)
        cursors = hello.cursors if hello.knows == state.identity.store_id else {}
        effects += agree(state, cursors, None, now)
        state.greeted, state.peer_boot, state.heard_at = True, hello.boot, now
        self._upkeep.opened(now)
        resync = "refill" if self._need_refill else "snapshot" if self._need_snapshot else "none"
        welcome = Welcome(
            to=hello.boot,
            boot=state.identity.boot,
            protocol=min(PROTOCOL_MAX, hello.protocol[1]),
            store_id=state.identity.store_id,
            hub_epoch=state.identity.hub_epoch,
            session=state.identity.session,
            edge_epoch=self._registry.edge_epoch,
            cursors={s: i.committed - self._once_more(s, hello) for s, i in state.into.items()},
            first={s: o.first for s, o in state.out.items()},
            checkpointed={s: n for s, n in self._checkpointed.items() if n},
            credit=(state.limits.credit_rows, state.limits.credit_bytes),
            resync=resync,
            roots=state.replica_root(),
            at=now,
            re=hello.at,
        )
        effects.append(state.control(welcome))
        if resync == "snapshot":
            state.out["cfg"].paused = True
            state.wants_snapshot = True
            self._history_upto = hello.next.get("ev", 1) - 1
            effects += self.poll(now)
        elif resync == "refill":
            state.out["cfg"].paused = True
        else:
            self._admission.leave(state.peer)
            for root in hello.roots[:2]:
                effects += self._upkeep.compare(root, now)
        return effects

    def _once_more(self, stream: str, hello: Hello) -> int:
        """1: let it send the last row again, which it does not know to be here: a copy that was restored from a backup may have
        given its number to something else (`contradicted`).
        """
        into = self._state.into[stream]
        return int(bool(into.tail) and hello.acked.get(stream, 0) < into.committed)

    def contradicted(self, stream: str, seq: int, now: float) -> list[Effect]:
        """The greeted copy has another history than the one that spoke before."""
        registry, hello = self._registry, self._hello
        if hello is None:
            return []
        why = f"row {seq} of {stream} came from it, and now it is another one: a backup of the edge node was restored"
        persist: list[Effect] = list(registry.put_into_quarantine(why, hello, now))
        return [*persist, *self._quarantine(hello, told=False)]

    # ---- verbs ----

    def retire(self, now: float) -> list[Persist]:
        """Numbers and cursors stay: an edge node that comes back under them must not look like a proof that we forgot it."""
        self._admission.leave(self._state.peer)
        self._need_snapshot = True
        persist: list[Persist] = [SetValue("need_snapshot.cfg", "1")]
        for out in self._state.out.values():
            persist += [*out.number_all(), *out.ack(out.last, now)]
        return persist

    def refilled(self, hub: str, now: float) -> list[Effect]:
        identity = self._state.identity
        if not self._need_refill or hub != f"{identity.store_id} {identity.boot}":
            return []  # the answer to an earlier refill, told again
        self._need_refill = False
        self._admission.progress(self._state.peer, now)
        effects: list[Effect] = [SetValue("refill", "")]
        return [*effects, NeedSnapshot("cfg")] if self._state.greeted else effects

    def checkpoint(self, seqs: Mapping[str, int], now: float) -> list[Effect]:
        state = self._state
        effects: list[Effect] = []
        for stream, seq in seqs.items():
            if stream in self._checkpointed and self._checkpointed[stream] < seq <= state.into[stream].committed:
                self._checkpointed[stream] = seq
                effects.append(SetValue(f"checkpoint.{stream}", str(seq)))
        if effects and state.greeted:
            ack = Ack(state.identity.boot, state.peer_boot, state.peer_store, {}, checkpointed=dict(self._checkpointed))
            effects.append(state.control(ack, stream="ack"))
        return effects

    def accept(self, boot: str, store_id: str, now: float) -> list[Effect]:
        """Raises Conflict, NotFound."""
        registry = self._registry
        if not registry.quarantine:
            raise Conflict(f"{self._state.peer} is not quarantined", field="boot", fix="nothing is to be picked")
        if boot not in registry.candidates:
            known = ", ".join(registry.candidates) or "none has spoken since the start"
            raise NotFound(f"no copy {boot!r} speaks", field="boot", fix=f"pick one of: {known}")
        persist: list[Persist] = registry.pick(boot, store_id)
        adopt = self._state.control(Adopt(boot, store_id, registry.session + 1, self._said_at.get(boot, (0.0, 0.0))[0]))
        return [*persist, adopt]


def _sessions(text: str) -> dict[int, dict[str, int]]:
    """What _begin_session wrote."""
    found: dict[int, dict[str, int]] = {}
    for word in text.split():
        number, *streams = word.split(":")
        found[int(number)] = {s: int(seq) for s, _, seq in (x.partition("=") for x in streams)}
    return found
