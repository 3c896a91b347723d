"""The edge node's half of a greeting: hello, and what it makes of the answer."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.contracts.errors import Conflict
from fleet.sync.agreement import WHO_S, agree, skip_lost
from fleet.sync.effects import Effect, Note, Persist, Refill, SetValue, TakeIdentity
from fleet.sync.frames import PROTOCOL_MAX, PROTOCOL_MIN, Adopt, Control, Hello, Later, Refused, Welcome, Who
from fleet.sync.outbound import NEVER
from fleet.sync.state import State
from fleet.sync.upkeep import Upkeep
from fleet.sync.view import Identity, LinkState

#: An unanswered hello is said again after, doubled up to, seconds; each edge node a little otherwise (jitter from its run).
HELLO_S_MIN = 2.0
HELLO_S_MAX = 20.0
#: No two hellos of a run are of one time, seconds.
HELLO_GRAIN_S = 0.001
#: So soon after other words of the hub its question who we are is an old one, seconds.
LATE_S = 2.0
#: Refused copies ask again this often, seconds.
REFUSED_S = 10.0
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
        self._said_at = self._round_at = float("-inf")
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
        return [self._first_hello(now)]

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
            return [self._first_hello(now)]
        if not state.greeted and now >= self._hello_at:
            return [self._hello(now)]
        return []

    def _first_hello(self, now: float) -> Effect:
        """Answers to hellos of before mean nothing any more: another conversation, or another name of this store."""
        self._round_at = max(now, self._said_at + HELLO_GRAIN_S)
        return self._hello(self._round_at)

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
        return self._again(now)

    def _again(self, now: float) -> list[Effect]:
        if not self._state.greeted:
            return [self._hello(now)]
        self._state.close()
        self._kind = LinkState.GREETING
        return [self._first_hello(now)]

    def receive(self, message: Control, now: float) -> list[Effect]:
        mine, greeted = self._state.identity.boot, self._state.greeted
        match message:
            case Who(hub=hub) if now - self._said_at >= WHO_S and not (greeted and self._late(hub, now)):
                return self._again(now)
            case Welcome() | Later() | Refused() | Adopt() if greeted or message.to != mine or message.re < self._round_at:
                return []  # to another, or to a hello of before
            case Welcome():
                return self._on_welcome(message, now)
            case Later(retry_after_s=seconds):
                self._kind = LinkState.LATER
                self._hello_at = now + min(max(seconds, 0.1), HELLO_S_MAX) * self._jitter
            case Refused():
                return self._on_refused(message, now)
            case Adopt():
                return self._on_adopt(message, now)
        return []

    def _late(self, hub: str, now: float) -> bool:
        """The hub's question, from before it greeted this run. (Did it not know us any more, it would have said nothing else.)"""
        heard_at = self._state.heard_at
        return hub == self._state.peer_boot and heard_at is not None and now - heard_at < LATE_S

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
        return [*stored, self._first_hello(now)]

    def _on_welcome(self, welcome: Welcome, now: float) -> list[Effect]:
        state = self._state
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
            effects.append(Refill(f"{welcome.store_id} {welcome.boot}"))
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

    def refilled(self, hub: str, now: float) -> list[Effect]:
        return []

    def retire(self, now: float) -> list[Persist]:
        raise Conflict("only a hub retires an edge node", field="name", fix="ask the cloud")

    def contradicted(self, stream: str, seq: int, now: float) -> list[Effect]:
        return []

    def checkpoint(self, seqs: Mapping[str, int], now: float) -> list[Effect]:
        return []

    def accept(self, boot: str, store_id: str, now: float) -> list[Effect]:
        raise Conflict("only a hub picks", field="boot", fix="ask the cloud")
