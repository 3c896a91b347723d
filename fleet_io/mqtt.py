"""One MQTT connection: paho-mqtt 2 driven by asyncio's socket callbacks, no thread of its own.

Coded to the common subset of brokers (docs/decisions): MQTT 3.1.1, clean session, client ids [A-Za-z0-9_-],
checked SUBACKs, messages of at most 1 MiB. PUBACK is flow control only; durable delivery is fleet/sync's business.
While the link is down `publish` answers False and nothing is queued: whoever must not lose a message keeps it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import re
import select
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from fleet.contracts.errors import InvalidInput

log = logging.getLogger("drover.mqtt")

RECONNECT_S_MIN = 0.5
RECONNECT_S_MAX = 5.0
CONNECT_TIMEOUT_S = 5.0
PAYLOAD_BYTES_MAX = 1024 * 1024
#: Packets that are read before others get their turn.
PACKETS_AT_ONCE = 32


@dataclass(frozen=True)
class MqttSettings:
    """Where a broker is. `MqttSettings.parse("mqtt://user:password@host:1883")`; mqtts:// for TLS."""

    host: str = "127.0.0.1"
    port: int = 1883
    username: str | None = None
    password: str | None = None
    tls: bool = False
    keepalive_s: int = 15

    @classmethod
    def parse(cls, url: str) -> MqttSettings:
        """Raises InvalidInput."""
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise InvalidInput(
                f"{url!r} is not a broker", field="broker", fix="write mqtt://host:port or mqtts://user:password@host:port"
            )
        tls = parts.scheme == "mqtts"
        return cls(
            host=parts.hostname,
            port=parts.port or (8883 if tls else 1883),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
        )


@dataclass(frozen=True)
class Will:
    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = True


@dataclass(frozen=True)
class Incoming:
    topic: str
    payload: bytes
    retained: bool


class MqttLink:
    """Connects, subscribes, reconnects with jitter until `stop`. Callbacks run on the event loop and must not block.

    `will` may be a function, so that each connection can carry a fresh one.
    """

    def __init__(
        self,
        settings: MqttSettings,
        *,
        client_id: str,
        on_message: Callable[[Incoming], None],
        subscriptions: Sequence[tuple[str, int]] = (),
        will: Callable[[], Will] | None = None,
        on_connect: Callable[[], None] | None = None,
        on_disconnect: Callable[[], None] | None = None,
    ) -> None:
        self._settings = settings
        self._client_id = re.sub(r"[^A-Za-z0-9_-]", "-", client_id)
        self._on_message = on_message
        self._subscriptions = list(subscriptions)
        self._will = will
        self._on_connect = on_connect
        self._on_disconnect = on_disconnect
        self._client: paho.Client | None = None
        self._closed = asyncio.Event()
        self._stopping = False
        self.connected = False

    async def run(self) -> None:
        """Keep the connection up until `stop` or cancellation."""
        delay_s = RECONNECT_S_MIN
        while True:
            if await self._session():
                delay_s = RECONNECT_S_MIN
            if self._stopping:
                return
            # jitter spreads a reconnect storm; it decides nothing else
            await asyncio.sleep(delay_s * (0.5 + random.random()))
            delay_s = min(RECONNECT_S_MAX, delay_s * 2)

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        """True when handed to the socket; False when the link is down (nothing is queued then)."""
        if self._client is None or not self.connected:
            return False
        if len(payload) > PAYLOAD_BYTES_MAX:
            raise InvalidInput(
                f"{len(payload)} bytes for {topic}", field="payload", fix=f"send at most {PAYLOAD_BYTES_MAX} bytes"
            )
        info = self._client.publish(topic, payload, qos=qos, retain=retain)
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    async def stop(self, *, last_words: Callable[[], None] | None = None) -> None:
        """Say `last_words` (a publish or two), disconnect in order so that the will is not sent, and end `run`."""
        self._stopping = True
        client = self._client
        if client is not None and self.connected:
            if last_words is not None:
                last_words()
                await asyncio.sleep(0.05)
            client.disconnect()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), 1.0)
        self._closed.set()

    async def _session(self) -> bool:
        """One connection, from connect to its end. True if it was up at all."""
        loop = asyncio.get_running_loop()
        self._closed = asyncio.Event()
        client = self._make_client(loop)
        self._client = client
        was_up = False
        try:
            sock_error = await loop.run_in_executor(None, self._connect, client)
            if sock_error is not None:
                log.debug("%s: %s", self._client_id, sock_error)
                return False
            self._attach(client, loop)
            while not self._closed.is_set():
                if client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    break
                was_up = was_up or self.connected
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closed.wait(), 1.0)
        finally:
            was_up = was_up or self.connected
            self._drop(client)
        return was_up

    def _make_client(self, loop: asyncio.AbstractEventLoop) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=True,
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(200)
        if self._settings.username is not None:
            client.username_pw_set(self._settings.username, self._settings.password)
        if self._settings.tls:
            client.tls_set()
        if self._will is not None:
            will = self._will()
            client.will_set(will.topic, will.payload, qos=will.qos, retain=will.retain)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._received
        return client

    def _connect(self, client: paho.Client) -> Exception | None:
        """In a worker thread, since name look-up and TCP connect block."""
        try:
            client.connect(self._settings.host, self._settings.port, keepalive=self._settings.keepalive_s)
        except (OSError, ValueError) as error:
            return error
        return None

    def _attach(self, client: paho.Client, loop: asyncio.AbstractEventLoop) -> None:
        sock = client.socket()
        if sock is None:
            self._closed.set()
            return
        if isinstance(sock, socket.socket):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def readable() -> None:
            for _ in range(PACKETS_AT_ONCE):  # paho reads one at a time
                if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    self._closed.set()
                    return
                if not _has_more(sock):
                    return

        def writable() -> None:
            client.loop_write()
            if sock.fileno() != -1 and not client.want_write():
                loop.remove_writer(sock)

        def want_write(_client: paho.Client, _userdata: Any, wanted: Any) -> None:
            loop.add_writer(wanted, writable)

        def done_writing(_client: paho.Client, _userdata: Any, wanted: Any) -> None:
            loop.remove_writer(wanted)

        def socket_closed(_client: paho.Client, _userdata: Any, gone: Any) -> None:
            with contextlib.suppress(ValueError, OSError):
                loop.remove_reader(gone)
                loop.remove_writer(gone)
            self._closed.set()

        client.on_socket_register_write = want_write
        client.on_socket_unregister_write = done_writing
        client.on_socket_close = socket_closed
        loop.add_reader(sock, readable)
        if client.want_write():
            loop.add_writer(sock, writable)

    def _drop(self, client: paho.Client) -> None:
        sock = client.socket()
        if sock is not None:
            loop = asyncio.get_running_loop()
            with contextlib.suppress(ValueError, OSError):
                loop.remove_reader(sock)
                loop.remove_writer(sock)
            with contextlib.suppress(OSError):
                sock.close()
        self._down()

    def _connected(self, client: paho.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.warning("%s: broker %s:%d refuses: %s", self._client_id, self._settings.host, self._settings.port, reason)
            self._closed.set()
            return
        self.connected = True
        if self._subscriptions:
            client.subscribe(self._subscriptions)
        if self._on_connect is not None:
            self._on_connect()

    def _disconnected(self, _client: paho.Client, _userdata: Any, _flags: Any, _reason: Any, _properties: Any) -> None:
        self._down()
        self._closed.set()

    def _down(self) -> None:
        if self.connected:
            self.connected = False
            if self._on_disconnect is not None:
                self._on_disconnect()

    def _subscribed(self, _client: paho.Client, _userdata: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            log.warning("%s: broker refused a subscription; reconnecting", self._client_id)
            self._closed.set()

    def _received(self, _client: paho.Client, _userdata: Any, message: paho.MQTTMessage) -> None:
        try:
            self._on_message(Incoming(message.topic, bytes(message.payload), bool(message.retain)))
        except Exception:
            # one bad message must never take the link down with it; handlers report bad input themselves
            log.exception("%s: handler failed on %s", self._client_id, message.topic)


def _has_more(sock: Any) -> bool:
    """Whether bytes wait to be read; TLS may hold some that the socket does not show."""
    if sock.fileno() == -1:
        return False
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    waiting = select.poll()  # not select(): file numbers may be above its limit
    waiting.register(sock, select.POLLIN)
    return bool(waiting.poll(0))
