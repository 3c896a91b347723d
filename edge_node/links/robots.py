"""The edge broker: what robots say goes to the core, what the core has committed goes to robots."""

from __future__ import annotations

import asyncio
import logging
import time

from edge_node.core.effects import Publish
from edge_node.links.pace import Cause, Pace
from edge_node.store.keeper import Batch, Keeper
from fleet.contracts.resources import Kind
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings

log = logging.getLogger("drover.edge.robots")


class RobotsLink:
    """One MQTT connection, made anew when the topics change (a RobotModel with another prefix came)."""

    def __init__(self, keeper: Keeper, settings: MqttSettings, client_id: str) -> None:
        self._keeper = keeper
        self._settings = settings
        self._client_id = client_id
        self._link: MqttLink | None = None
        self._topics: list[tuple[str, int]] = []
        self._others = asyncio.Event()
        self._oldest: Cause | None = None
        self._settling = False
        self.pace = Pace()
        keeper.to_robots = self._publish
        keeper.watchers.append(self._changed)

    @property
    def connected(self) -> bool:
        return self._link is not None and self._link.connected

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            topics = self._topics = self._keeper.core.topics()
            self._others.clear()
            self._link = MqttLink(
                self._settings,
                client_id=self._client_id,
                on_message=self._received,
                subscriptions=topics,
                on_connect=lambda: self._up(True),
                on_disconnect=lambda: self._up(False),
            )
            running = asyncio.create_task(self._link.run())
            try:
                await self._others.wait()
                await self._link.stop()
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    async def stop(self) -> None:
        if self._link is not None:
            await self._link.stop()

    def _changed(self, batch: Batch) -> None:
        models = any(r.kind in (Kind.ROBOT_MODEL, Kind.LAYOUT, Kind.EDGE_NODE) for r in batch.changed)
        if models and self._keeper.core.topics() != self._topics:
            self._others.set()
        if isinstance(batch.cause, Cause):
            for publish in batch.publishes:
                if publish.topic.endswith("/order"):
                    self.pace.answered(batch.cause)

    def _up(self, up: bool) -> None:
        self._keeper.change(lambda now: self._keeper.core.robots_link(up, now))

    def _received(self, message: Incoming) -> None:
        self.pace.messages += 1
        core, state = self._keeper.core, message.topic.endswith("/state")
        if state and self._oldest is None:
            self._oldest = Cause(time.monotonic(), message.payload)
        self._keeper.change(
            lambda now: core.on_robot_message(message.topic, message.payload, now, retained=message.retained, settle=False),
            self._oldest if state else None,
        )
        if not self._settling:
            # what follows from all that has come by now is decided at once: a release for one robot often frees another's way
            self._settling = True
            asyncio.get_running_loop().call_soon(self._settle)

    def _settle(self) -> None:
        self._settling = False
        oldest, self._oldest = self._oldest, None
        self._keeper.change(self._keeper.core.settle, oldest)

    def _publish(self, publish: Publish) -> None:
        # lost while the link is down: the core sends again until the robot's state shows it
        if self._link is not None:
            self._link.publish(publish.topic, publish.payload, qos=publish.qos, retain=publish.retain)
