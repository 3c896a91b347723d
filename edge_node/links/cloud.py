"""The cloud's broker: one SyncMachine's frames both ways, presence, telemetry, the short way of a stop, and cuts for drills."""

from __future__ import annotations

import asyncio
import logging

import msgspec

from edge_node.store.budget import status_of
from edge_node.store.keeper import Keeper
from fleet.contracts import codec, topics
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.wire import ControlCommand
from fleet.sync import effects as fx
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings, Will

log = logging.getLogger("drover.edge.cloud")

POLL_S = 0.05
TELEMETRY_S = 0.25
#: When nothing has moved, telemetry is said only this often, seconds: the page warns of data that is older than 5 s.
TELEMETRY_IDLE_S = 3.0
#: Look at lease, pressure and link this often, seconds.
LOOK_S = 1.0
#: The queue is shown this often, seconds, when it is longer than so many rows.
REPORT_S = 10.0
REPORT_ROWS_MIN = 20
#: A drill may cut the link for at most so long (24 h).
CUT_S_MAX = 86400.0
#: A control on the short way is small.
NOW_BYTES_MAX = 16 * 1024


class CloudLink:
    def __init__(self, keeper: Keeper, settings: MqttSettings, *, site: str, edge: str) -> None:
        self._keeper = keeper
        self._site, self._edge = site, edge
        self._encode = msgspec.msgpack.Encoder().encode
        self._report_at = 0.0
        self.cut_until = 0.0  # a drill: own clock until which nothing goes either way; 0: none
        down = topics.sync_down(site, edge, "")
        self._link = MqttLink(
            settings,
            client_id=f"drover-edge-{site}-{edge}",
            on_message=self._received,
            subscriptions=[(f"{down}+", 1), (topics.hub_presence(site), 1)],
            will=lambda: Will(topics.presence(site, edge), self._presence("lost")),
            on_connect=self._connected,
            on_disconnect=self._disconnected,
        )
        keeper.to_cloud = self._send

    @property
    def connected(self) -> bool:
        return self._link.connected

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run())
            group.create_task(self._poll())
            group.create_task(self._telemetry())

    async def stop(self) -> None:
        """Say goodbye in order, so that the cloud knows at once."""

        def last_words() -> None:
            self._link.publish(topics.presence(self._site, self._edge), self._presence("offline"), qos=1, retain=True)

        await self._link.stop(last_words=last_words)

    # ---- both ways ----

    def _connected(self) -> None:
        self._link.publish(topics.presence(self._site, self._edge), self._presence("online"), qos=1, retain=True)
        self._keeper.sync(self._keeper.machine.link_up(self._keeper.clock()))

    def _disconnected(self) -> None:
        self._keeper.machine.link_down(self._keeper.clock())

    def _send(self, send: fx.Send) -> None:
        if not self.cut_until:
            self._link.publish(topics.sync_up(self._site, self._edge, send.stream), send.payload, qos=send.qos)

    def _received(self, message: Incoming) -> None:
        if self.cut_until:
            return
        parts = message.topic.split("/")
        if message.topic == topics.hub_presence(self._site):
            self._hub(message.payload)
        elif len(parts) == 6 and parts[5] == "now":
            self._control_now(message.payload)
        elif len(parts) == 6:
            self._keeper.sync(self._keeper.machine.receive(parts[5], message.payload, self._keeper.clock()))

    def _hub(self, payload: bytes) -> None:
        """A hint that the cloud is back: greet it at once."""
        if b'"online"' in payload and self._link.connected and not self._keeper.machine.online(self._keeper.clock()):
            self._keeper.sync(self._keeper.machine.link_up(self._keeper.clock()))

    # ---- drills ----

    def cut(self, for_s: float) -> None:
        """As if the cable were out: nothing goes either way for so long. Raises InvalidInput."""
        if not 0.0 < for_s <= CUT_S_MAX:
            raise InvalidInput(f"{for_s} s", field="for_s", fix=f"give seconds up to {CUT_S_MAX:.0f}")
        now = self._keeper.clock()
        self.cut_until = now + for_s
        self._keeper.machine.link_down(now)
        text = f"a drill cuts the link to the cloud for {for_s:.0f} s"
        self._keeper.change(lambda at: self._keeper.core.note("warning", "DrillPartition", text, at, "drover drill heal"))

    def heal(self) -> None:
        """The drill is over."""
        if not self.cut_until:
            return
        self.cut_until = 0.0
        self._keeper.change(lambda at: self._keeper.core.note("info", "DrillHealed", "the link to the cloud is whole again", at))
        if self._link.connected:
            self._connected()

    def _control_now(self, payload: bytes) -> None:
        """A stop past all queues; the same id comes durably behind it and does nothing more."""
        try:
            command = codec.decode(payload, ControlCommand, bytes_max=NOW_BYTES_MAX)
            self._keeper.change(lambda now: self._keeper.core.control(command, now, by="cloud"))
        except FleetError as error:
            text = f"a control from the cloud: {error}"
            self._keeper.change(lambda now: self._keeper.core.note("warning", "NotApplied", text, now))

    # ---- time ----

    async def _poll(self) -> None:
        look_at = 0.0
        while True:
            await asyncio.sleep(POLL_S)
            now = self._keeper.clock()
            if self.cut_until and now >= self.cut_until:
                self.heal()
            machine = self._keeper.machine
            if now >= machine.due_at() or machine.backlog:
                effects = machine.poll(now)
                if effects:
                    self._keeper.sync(effects)
            if now >= look_at:
                look_at = now + LOOK_S
                self._look(now)

    def _look(self, now: float) -> None:
        machine, core = self._keeper.machine, self._keeper.core
        self._keeper.change(lambda at: core.cloud_link(machine.online(now), at))
        self._keeper.change(lambda at: core.pressure(self._keeper.pressure, at))
        if machine.renewed_at is not None:
            renewed_at, settled = machine.renewed_at, machine.renewal_settled
            self._keeper.change(lambda at: core.lease_renewed(renewed_at, at, settled=settled))
        self._keeper.look_after_disk()
        if now >= self._report_at:
            self._report_at = now + REPORT_S
            self._report(now)

    def _report(self, now: float) -> None:
        """Seldom, and rounded: a report is itself a row, and must not be the reason for the next."""
        view = self._keeper.machine.view(now)
        away = view.backlog > REPORT_ROWS_MIN
        kept = view.kept - view.kept % 1000
        budget = status_of(self._keeper)
        self._keeper.change(
            lambda at: self._keeper.core.report_link(
                backlog_up=view.backlog if away else 0,
                backlog_up_bytes=view.backlog_bytes if away else 0,
                kept=kept,
                oldest_unacked_at=view.oldest_at if away else None,
                now=at,
                **budget,
            )
        )

    async def _telemetry(self) -> None:
        topic = topics.telemetry(self._site, self._edge)
        last, said_at = b"", 0.0
        while True:
            await asyncio.sleep(TELEMETRY_S)
            if not self._link.connected or self.cut_until:
                continue
            now = self._keeper.clock()
            frame = self._keeper.core.telemetry(now)
            moved = self._encode((frame.robots, frame.x_m, frame.y_m, frame.theta_rad, frame.activity, frame.loaded))
            if moved != last or now - said_at >= TELEMETRY_IDLE_S:
                last, said_at = moved, now
                self._link.publish(topic, self._encode(frame))

    def _presence(self, state: str) -> bytes:
        mine = self._keeper.machine.identity
        return codec.encode({"state": state, "at": self._keeper.clock(), "store_id": mine.store_id, "session": mine.session})
