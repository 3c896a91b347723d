"""The cloud's broker: one SyncPeer's frames both ways, presence, telemetry at 4 Hz, and the short way of a stop."""

from __future__ import annotations

import asyncio
import logging

import msgspec

from edge_node.store.keeper import Keeper
from fleet.contracts import codec, topics
from fleet.contracts.errors import FleetError
from fleet.contracts.wire import ControlCommand
from fleet.sync.old import effects as fx
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings, Will

log = logging.getLogger("drover.edge.cloud")

POLL_S = 0.05
TELEMETRY_S = 0.25
#: A control on the short way is small.
NOW_BYTES_MAX = 16 * 1024


class CloudLink:
    def __init__(self, keeper: Keeper, settings: MqttSettings, *, site: str, edge: str) -> None:
        self._keeper = keeper
        self._site, self._edge = site, edge
        self._encode = msgspec.msgpack.Encoder().encode
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
        self._keeper.sync(self._keeper.peer.link_up(self._keeper.clock()))

    def _disconnected(self) -> None:
        self._keeper.peer.link_down()

    def _send(self, send: fx.Send) -> None:
        self._link.publish(topics.sync_up(self._site, self._edge, send.stream), send.payload, qos=1)

    def _received(self, message: Incoming) -> None:
        parts = message.topic.split("/")
        if message.topic == topics.hub_presence(self._site):
            self._hub(message.payload)
        elif len(parts) == 6 and parts[5] == "now":
            self._control_now(message.payload)
        elif len(parts) == 6:
            self._keeper.sync(self._keeper.peer.receive(parts[5], message.payload, self._keeper.clock()))

    def _hub(self, payload: bytes) -> None:
        """A hint that the cloud is back: greet it at once."""
        if b'"online"' in payload and self._link.connected:
            self._keeper.sync(self._keeper.peer.link_up(self._keeper.clock()))

    def _control_now(self, payload: bytes) -> None:
        """A stop past all queues; the same id comes durably behind it and does nothing more."""
        try:
            command = codec.decode(payload, ControlCommand, bytes_max=NOW_BYTES_MAX)
            self._keeper.change(lambda now: self._keeper.core.control(command, now))
        except FleetError as error:
            text = f"a control from the cloud: {error}"
            self._keeper.change(lambda now: self._keeper.core.note("warning", "NotApplied", text, now))

    # ---- time ----

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            now = self._keeper.clock()
            effects = self._keeper.peer.poll(now)
            if effects:
                self._keeper.sync(effects)
            online = self._keeper.peer.online(now)
            self._keeper.change(lambda at, up=online: self._keeper.core.cloud_link(up, at))  # type: ignore[misc]

    async def _telemetry(self) -> None:
        topic = topics.telemetry(self._site, self._edge)
        while True:
            await asyncio.sleep(TELEMETRY_S)
            if self._link.connected:
                self._link.publish(topic, self._encode(self._keeper.core.telemetry(self._keeper.clock())))

    def _presence(self, state: str) -> bytes:
        peer = self._keeper.peer
        return codec.encode({"state": state, "at": self._keeper.clock(), "store_id": peer.store_id, "session": peer.session})
