"""The embedded broker, a real one: what it must keep when it is killed, and what its queue may grow to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest

from drover import broker
from drover.broker import BrokerConfig
from fleet_io.mqtt import Incoming, MqttLink


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    def __init__(self, config: BrokerConfig) -> None:
        self.config = config
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(broker.command(self.config), stderr=subprocess.DEVNULL)
        asyncio.run(asyncio.wait_for(broker.wait_ready(self.config, self.process.pid), 10))

    def stop(self, number: int = signal.SIGTERM) -> None:
        os.kill(self.process.pid, number)
        self.process.wait(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(BrokerConfig("broker-edge", tmp_path / "broker", port=free_port()))
    yield made
    if made.process.poll() is None:
        made.stop()


async def heard(config: BrokerConfig, topic: str, *, count: int, publish: bytes | None = None) -> list[Incoming]:
    """The first `count` messages on the topic, after publishing one retained message when asked to."""
    messages: list[Incoming] = []
    enough, up = asyncio.Event(), asyncio.Event()

    def take(message: Incoming) -> None:
        messages.append(message)
        if len(messages) >= count:
            enough.set()

    link = MqttLink(config.settings, client_id="test", on_message=take, subscriptions=[(topic, 1)], on_connect=up.set)
    running = asyncio.create_task(link.run())
    try:
        await asyncio.wait_for(up.wait(), 5)
        if publish is not None:
            assert link.publish(topic, publish, qos=1, retain=True)
        await asyncio.wait_for(enough.wait(), 5)
    finally:
        await link.stop()
        running.cancel()
    return messages


def test_a_retained_message_survives_kill_minus_nine(server: Server) -> None:
    topic = "uagv/v2/acme/0001/connection"
    asyncio.run(heard(server.config, topic, count=1, publish=b"ONLINE"))
    server.stop(signal.SIGKILL)
    server.start()
    [message] = asyncio.run(heard(server.config, topic, count=1))
    assert (message.payload, message.retained) == (b"ONLINE", True)


def test_the_queue_is_bounded_also_after_a_restart_so_that_a_full_store_locks_nobody_out(server: Server) -> None:
    async def limits() -> tuple[int | None, float | None]:
        client = await nats.connect(await broker._nats_url(server.config, server.process.pid))
        try:
            known = (await client.jetstream().stream_info(broker.QUEUE_STREAM)).config
        finally:
            await client.close()
        return known.max_bytes, known.max_age

    wanted = (broker.QUEUE_BYTES_MAX, broker.QUEUE_AGE_S_MAX)
    assert broker.QUEUE_BYTES_MAX < broker.STORE_BYTES_MAX / 2
    assert asyncio.run(limits()) == wanted
    server.stop(signal.SIGKILL)
    server.start()
    assert asyncio.run(limits()) == wanted


def test_with_a_password_nobody_gets_in_without_it(tmp_path: Path) -> None:
    config = BrokerConfig("broker-edge", tmp_path / "broker", port=free_port(), username="edge", password='pa"ss')
    made = Server(config)
    try:
        assert asyncio.run(heard(config, "a/b", count=1, publish=b"hello"))[0].payload == b"hello"
        stranger = BrokerConfig("broker-edge", tmp_path / "broker", port=config.port)
        with pytest.raises(TimeoutError):
            asyncio.run(heard(stranger, "a/b", count=1))
    finally:
        made.stop()


def test_beyond_loopback_a_password_is_asked_for(tmp_path: Path) -> None:
    from fleet.contracts.errors import InvalidInput

    with pytest.raises(InvalidInput, match="not loopback"):
        broker.command(BrokerConfig("broker-edge", tmp_path, host="0.0.0.0"))


def test_nothing_answers_where_no_broker_is() -> None:
    from fleet_io.mqtt import MqttSettings

    assert asyncio.run(broker.answers(MqttSettings(port=free_port()))) is False
