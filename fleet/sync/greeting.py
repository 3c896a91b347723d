"""How two sides begin: the edge node says hello, the hub judges it and answers; both agree on cursors.

After an agreement everything either side forgot to send or to ack is repaired: the sender goes back to the receiver's cursor, and
what exists nowhere any more is skipped and said.
"""

from __future__ import annotations

from collections.abc import Mapping

from fleet.contracts.errors import Conflict, NotFound
from fleet.sync.admission import Admission
from fleet.sync.effects import (
    Effect,
    HubRestored,
    NeedSnapshot,
    Note,
    Persist,
    Quarantined,
    Refill,
    Resync,
    SetValue,
    StoreReplaced,
    TakeIdentity,
)
from fleet.sync.frames import (
    PROTOCOL_MAX,
    PROTOCOL_MIN,
    Ack,
    Adopt,
    Control,
    Hello,
    Later,
    Refused,
    Welcome,
    Who,
)
from fleet.sync.identity import Registry, Verdict
from fleet.sync.outbound import NEVER
from fleet.sync.state import State
from fleet.sync.upkeep import Upkeep
from fleet.sync.view import Identity, LinkState

#: An unanswered hello is said again after, doubled up to, seconds; each edge node a little otherwise (jitter from its run).
HELLO_S_MIN = 2.0
HELLO_S_MAX = 20.0
#: Refused copies ask again this often, seconds.
REFUSED_S = 10.0
#: Strangers are asked who they are at most this often, seconds.
WHO_S = 0.5
#: Without a sign of the hub for so long an edge node says hello again, seconds.
SILENT_S = 25.0


class EdgeGreeting:
    def __init__(self, state: State, upkeep: Upkeep, values: Mapping[str, str]) -> None:
        self._state, self._upkeep = state, upkeep
        self.hub_session = int(values.get("hub.session") or 0)
        state.peer_epoch = int(values.get("hub.epoch") or 0)
        self.edge_epoch = int(values.get("edge.epoch") or 0)
        self._own = values.get("own_store", "")
        self._hello_at = NEVER
        self._wait_s = HELLO_S_MIN
        self._said_at = float("-inf")
        self._proof = ""
        self._kind = LinkState.AWAY
        self.detail = ""
        self._jitter = 0.8 + 0.4 * (int.from_bytes(state.identity.boot.encode()[-2:] or b"\0", "big") % 97) / 97

    def at_start(self) -> list[Effect]:
        """A store that was salvaged into a new one: its rows get new numbers, and the hub sends its whole state again."""
        state = self._state
        effects: list[Effect] = [SetValue("own_store", state.identity.store_id)] if self._own != state.identity.store_id else []
        if not self._own or not effects:
            return effects
        for out in state.out.values():
            effects += out.renumber()
        for stream, into in state.into.items():
            into.reset(0)
            effects.append(SetValue(f"cursor.{stream}", "0"))
        state.peer_store = ""
        return [*effects, SetValue("peer_store", "")]

    def kind(self, now: float) -> LinkState:
        if not self._state.link:
            return LinkState.AWAY
        if self._state.greeted:
            coming = self._state.snap_in is not None or self._state.snap_commit is not None
            return LinkState.SNAPSHOT if coming else LinkState.ONLINE
        return self._kind

    def link_up(self, now: float) -> list[Effect]:
        self._kind, self._wait_s = LinkState.GREETING, HELLO_S_MIN
        return [self._hello(now)]

    def closed(self) -> None:
        self._kind, self._hello_at = LinkState.AWAY, NEVER

    def due_at(self) -> float:
        if self._state.greeted and self._state.heard_at is not None:
            return self._state.heard_at + SILENT_S
        return self._hello_at

    def poll(self, now: float) -> list[Effect]:
        state = self._state
        if state.greeted and state.heard_at is not None and now - state.heard_at >= SILENT_S:
            state.close()
            self._kind, self._wait_s = LinkState.GREETING, HELLO_S_MIN
            return [self._hello(now)]
        if not state.greeted and now >= self._hello_at:
            return [self._hello(now)]
        return []

    def _hello(self, now: float) -> Effect:
        state = self._state
        self._said_at, self._hello_at = now, now + self._wait_s * self._jitter
        self._wait_s = min(HELLO_S_MAX, self._wait_s * 2)
        return state.control(
            Hello(
                edge=state.me,
                store_id=state.identity.store_id,
                session=state.identity.session,
                boot=state.identity.boot,
                protocol=(PROTOCOL_MIN, PROTOCOL_MAX),
                knows=state.peer_store,
                hub_session=self.hub_session,
                cursors={s: i.committed for s, i in state.into.items()},
                first={s: o.first for s, o in state.out.items()},
                next={s: o.next_seq for s, o in state.out.items()},
                acked={s: o.acked for s, o in state.out.items()},
                roots=state.replica_root(),
                backlog=state.backlog,
                at=now,
                proof=self._proof,
            )
        )

    def stranger(self, boot: str, to: str, now: float) -> list[Effect]:
        """A frame that is not of the conversation. Of another run of the hub, or meant for us: say hello (again)."""
        if now - self._said_at < WHO_S or (self._state.greeted and to != self._state.identity.boot):
            return []
        if self._state.greeted:
            self._state.close()
            self._kind = LinkState.GREETING
        return [self._hello(now)]

    def receive(self, message: Control, now: float) -> list[Effect]:
        mine = self._state.identity.boot
        match message:
            case Welcome(to=to) if to == mine:
                return self._on_welcome(message, now)
            case Later(to=to, retry_after_s=seconds) if to == mine and not self._state.greeted:
                self._kind = LinkState.LATER
                self._hello_at = now + min(max(seconds, 0.1), HELLO_S_MAX) * self._jitter
            case Refused(to=to) if to == mine:
                return self._on_refused(message, now)
            case Adopt(to=to) if to == mine:
                return self._on_adopt(message, now)
            case Who(hub=hub) if now - self._said_at >= WHO_S and not (self._state.greeted and hub == self._state.peer_boot):
                self._state.close()
                self._kind = LinkState.GREETING
                return [self._hello(now)]
        return []

    def _on_refused(self, refused: Refused, now: float) -> list[Effect]:
        self._state.close()
        if refused.reason == "stale":
            # say at once that this copy is alive: the hub then tells people
            self._proof, self._kind = refused.detail, LinkState.GREETING
            self._hello_at = now + WHO_S
            return []
        first = self._kind is not LinkState.QUARANTINED
        self._kind, self.detail = LinkState.QUARANTINED, f"{refused.reason}: {refused.detail}"
        self._hello_at = now + REFUSED_S
        text = f"{self._state.peer} does not talk to this edge node: {self.detail}"
        return [Note("alarm", "Refused", text, "pick the right copy at the cloud, or update the older side")] if first else []

    def _on_adopt(self, adopt: Adopt, now: float) -> list[Effect]:
        """An operator picked this copy: a new name for its store, so that nothing of the other can be mistaken for it."""
        state = self._state
        if not adopt.store_id or adopt.store_id == state.identity.store_id:
            return []
        stored: list[Effect] = []
        for out in state.out.values():
            stored += out.renumber()
        session = max(adopt.session, state.identity.session)
        state.identity = Identity(adopt.store_id, session, state.identity.boot)
        self._proof, self._wait_s, self.detail = "", HELLO_S_MIN, ""
        self._kind = LinkState.GREETING
        stored += [SetValue("own_store", adopt.store_id), TakeIdentity(adopt.store_id, session)]
        return [*stored, self._hello(now)]

    def _on_welcome(self, welcome: Welcome, now: float) -> list[Effect]:
        state = self._state
        if state.greeted and state.peer_boot == welcome.boot:
            return []  # the answer to a hello that was said twice
        if not PROTOCOL_MIN <= welcome.protocol <= PROTOCOL_MAX:
            return []
        effects: list[Effect] = []
        if welcome.store_id != state.peer_store:
            effects += self._new_hub(welcome.store_id)
        self.hub_session, state.peer_epoch, self.edge_epoch = welcome.session, welcome.hub_epoch, welcome.edge_epoch
        effects += [
            SetValue("hub.session", str(welcome.session)),
            SetValue("hub.epoch", str(welcome.hub_epoch)),
            SetValue("edge.epoch", str(welcome.edge_epoch)),
        ]
        effects += skip_lost(state, welcome.first)
        effects += agree(state, welcome.cursors, welcome.credit, now)
        for stream, seq in welcome.checkpointed.items():
            if stream in state.out:
                effects += state.out[stream].checkpoint(seq)
        state.greeted, state.peer_boot, state.heard_at = True, welcome.boot, now
        self._proof, self.detail, self._wait_s = "", "", HELLO_S_MIN
        self._upkeep.opened(now)
        if welcome.resync == "refill":
            effects.append(Refill(welcome.store_id))
        for root in welcome.roots[:2]:
            effects += self._upkeep.compare(root, now)
        return effects

    def _new_hub(self, store_id: str) -> list[Effect]:
        state = self._state
        known = bool(state.peer_store)
        state.peer_store = store_id
        effects: list[Effect] = [SetValue("peer_store", store_id)]
        for stream, into in state.into.items():
            into.reset(0)
            effects.append(SetValue(f"cursor.{stream}", "0"))
        if known:
            effects.append(
                Note("warning", "CloudReplaced", "the cloud came back with another store; it is told what this site knows")
            )
        return effects

    # ---- hub verbs ----

    def refilled(self, now: float) -> list[Effect]:
        return []

    def checkpoint(self, seqs: Mapping[str, int], now: float) -> list[Effect]:
        return []

    def accept(self, boot: str, store_id: str, now: float) -> list[Effect]:
        raise Conflict("only a hub picks", field="boot", fix="ask the cloud")


class HubGreeting:
    def __init__(self, state: State, upkeep: Upkeep, values: Mapping[str, str], admission: Admission) -> None:
        self._state, self._upkeep, self._admission = state, upkeep, admission
        self._registry = Registry.load(values)
        self._same_store = values.get("own_store", "") in ("", state.identity.store_id)
        self._new = "own_store" not in values
        self._need_refill = values.get("refill", "") == "1"
        self._need_snapshot = values.get("need_snapshot.cfg", "") == "1"
        self._checkpointed = {s: int(values.get(f"checkpoint.{s}") or 0) for s in state.into}
        self._who_at = float("-inf")

    @property
    def edge_epoch(self) -> int:
        return self._registry.edge_epoch

    @property
    def detail(self) -> str:
        return self._registry.quarantine

    def at_start(self) -> list[Effect]:
        """This database has become another store (a new one, or restored): what it meant to send is void."""
        if self._same_store and not self._new:
            return []
        effects: list[Effect] = [SetValue("own_store", self._state.identity.store_id)]
        if self._same_store:
            return effects
        dropped = self._state.out["cmd"].backlog
        for out in self._state.out.values():
            effects += out.clear()
        if dropped:
            text = f"{dropped} commands for {self._state.peer} are from before the restore and are dropped"
            effects.append(Note("alarm", "CommandsDropped", text, "say again what still holds"))
        self._need_snapshot = True
        return [*effects, SetValue("need_snapshot.cfg", "1")]

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
        return NEVER

    def poll(self, now: float) -> list[Effect]:
        if self._upkeep.snapshot_taken:
            self._upkeep.snapshot_taken = False
            self._need_snapshot = False
            self._admission.leave(self._state.peer)
        return []

    def _who(self, now: float) -> Effect:
        self._who_at = now
        return self._state.control(Who(self._state.identity.boot))

    def stranger(self, boot: str, to: str, now: float) -> list[Effect]:
        return [self._who(now)] if now - self._who_at >= WHO_S else []

    def receive(self, message: Control, now: float) -> list[Effect]:
        return self._on_hello(message, now) if isinstance(message, Hello) else []

    # ---- hello ----

    def _on_hello(self, hello: Hello, now: float) -> list[Effect]:
        state = self._state
        if hello.edge != state.peer:
            return [Note("warning", "WrongName", f"{hello.edge} speaks on the topics of {state.peer}", "see the broker's rights")]
        if hello.protocol[0] > PROTOCOL_MAX or hello.protocol[1] < PROTOCOL_MIN:
            detail = f"it speaks {hello.protocol[0]} to {hello.protocol[1]}, the cloud {PROTOCOL_MIN} to {PROTOCOL_MAX}"
            return [state.control(Refused(hello.boot, "version", detail))]
        evidence = self._knows_more(hello)
        if evidence:
            return [HubRestored(f"{state.peer} {evidence}")]
        if self._wants_resync(hello) and (wait_s := self._admission.enter(state.peer, now)):
            return [state.control(Later(hello.boot, wait_s))]
        return self._judged(hello, now)

    def _knows_more(self, hello: Hello) -> str:
        """Proof that this database is older than what the edge node has seen of it; else ""."""
        state = self._state
        if hello.knows != state.identity.store_id:
            return ""
        if hello.hub_session > state.identity.session:
            return f"has spoken with session {hello.hub_session}, this is {state.identity.session}"
        for stream, seq in hello.cursors.items():
            if stream in state.out and seq > state.out[stream].last:
                return f"has row {seq} of {stream}, the newest here is {state.out[stream].last}"
        if hello.store_id in self._registry.old_stores:
            return ""  # its cursors are forgotten
        known = hello.store_id == state.peer_store
        for stream, seq in hello.acked.items():
            mine = state.into[stream].committed if known and stream in state.into else 0
            if stream in state.into and seq > mine:
                return f"was told that row {seq} of {stream} is stored, the last here is {mine}"
        return ""

    def _wants_resync(self, hello: Hello) -> bool:
        other = hello.knows != self._state.identity.store_id
        return self._need_refill or self._need_snapshot or other or hello.store_id != self._state.peer_store

    def _judged(self, hello: Hello, now: float) -> list[Effect]:
        state, registry = self._state, self._registry
        was_quarantined = bool(registry.quarantine)
        verdict, persist = registry.judge(hello, now)
        effects: list[Effect] = list(persist)
        match verdict:
            case Verdict.STALE:
                return [*effects, state.control(Refused(hello.boot, "stale", registry.challenges[hello.boot]))]
            case Verdict.QUARANTINED:
                return [*effects, *self._quarantine(hello, told=was_quarantined)]
            case Verdict.ADOPT:
                return [*effects, state.control(Adopt(hello.boot, registry.adopted, registry.session + 1))]
            case Verdict.NEW_STORE:
                effects += self._new_store(hello)
        return effects + self._welcome(hello, now)

    def _quarantine(self, hello: Hello, *, told: bool) -> list[Effect]:
        state, registry = self._state, self._registry
        state.close()
        self._admission.leave(state.peer)
        effects: list[Effect] = [] if told else [Quarantined(registry.quarantine, dict(registry.candidates))]
        boots = {hello.boot} if told else {hello.boot, registry.boot}
        return effects + [state.control(Refused(boot, "quarantined", registry.quarantine)) for boot in sorted(boots)]

    def _new_store(self, hello: Hello) -> list[Effect]:
        state = self._state
        last = {s: i.committed for s, i in state.into.items()}
        old, state.peer_store = state.peer_store, hello.store_id
        effects: list[Effect] = [SetValue("peer_store", hello.store_id)]
        for stream, into in state.into.items():
            into.reset(0)
            self._checkpointed[stream] = 0
            effects += [SetValue(f"cursor.{stream}", "0"), SetValue(f"checkpoint.{stream}", "")]
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
            cursors={s: i.committed for s, i in state.into.items()},
            first={s: o.first for s, o in state.out.items()},
            checkpointed={s: n for s, n in self._checkpointed.items() if n},
            credit=(state.limits.credit_rows, state.limits.credit_bytes),
            resync=resync,
            roots=state.replica_root(),
            at=now,
        )
        effects.append(state.control(welcome))
        if resync == "snapshot":
            state.out["cfg"].paused = True
            effects.append(NeedSnapshot("cfg"))
        elif resync == "refill":
            state.out["cfg"].paused = True
        else:
            self._admission.leave(state.peer)
            for root in hello.roots[:2]:
                effects += self._upkeep.compare(root, now)
        return effects

    # ---- verbs ----

    def refilled(self, now: float) -> list[Effect]:
        if not self._need_refill:
            return []
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
        adopt = self._state.control(Adopt(boot, store_id, registry.session + 1))
        return [*persist, adopt]


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
        effects.append(SetValue(f"cursor.{stream}", str(seq - 1)))
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
