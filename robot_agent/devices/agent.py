"""The thin shell around one DeviceGate: MQTT on one side, the adapter on the other, a file for what must be remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from fleet.contracts import codec, topics
from fleet.contracts.device import DeviceAction, DeviceKind
from fleet.contracts.errors import InvalidInput
from fleet_io.clock import boot_seconds
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings, Will
from robot_agent.core.device import DeviceGate, DeviceMemory, Do, ReleaseNow, SaveMemory, Say
from robot_agent.devices.adapter import DeviceAdapter, DeviceError
from robot_agent.store import replace_file

log = logging.getLogger("drover.device")

#: How often the device is asked how it stands, and the grant's end is looked at, in seconds.
POLL_S = 0.1
#: Longest time that a device may take to accept a command, in seconds.
CALL_TIMEOUT_S = 5.0
#: Commands to the device that may wait for their turn.
COMMANDS_MAX = 100


class DeviceAgent:
    """One device on the broker. `clock`: seconds that never go back and count on in suspend."""

    def __init__(
        self,
        site: str,
        name: str,
        kind: DeviceKind,
        adapter: DeviceAdapter,
        broker: MqttSettings,
        data_dir: Path,
        clock: Callable[[], float] = boot_seconds,
    ) -> None:
        """Raises InvalidInput when the file of an earlier run can't be read: what a gate has seen is not guessed."""
        self._path = data_dir / f"device-{topics.level(name, field='name')}.json"
        self._adapter, self._clock = adapter, clock
        self.gate = DeviceGate(name, kind, self._load(), now=clock())
        self._state_topic = topics.device_topic(site, name, "state")
        self._commands: asyncio.Queue[Do | ReleaseNow] = asyncio.Queue(COMMANDS_MAX)
        self._stopping = asyncio.Event()
        self._link = MqttLink(
            broker,
            client_id=f"device-{site}-{name}",
            on_message=self._received,
            subscriptions=[(topics.device_topic(site, name, "request"), 1)],
            will=self._will,
            on_connect=self._connected,
        )

    async def run(self) -> None:
        """Until `stop`, or until the file can't be written (OSError): a gate that forgets is none."""
        self._flush()
        workers = [asyncio.create_task(work()) for work in (self._work, self._poll, self._link.run)]
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([*workers, stopping], return_when=asyncio.FIRST_COMPLETED)
            await self._link.stop(last_words=lambda: self._publish(online=False))
        finally:
            for task in (*workers, stopping):
                task.cancel()
            results = await asyncio.gather(*workers, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    def stop(self) -> None:
        self._stopping.set()

    # ---- effects ----

    def _flush(self) -> None:
        for effect in self.gate.take_effects():
            match effect:
                case SaveMemory():
                    replace_file(self._path, codec.encode(self.gate.memory), durable=True)
                case Say():
                    self._link.publish(self._state_topic, codec.encode(effect.state), qos=1, retain=True)
                case _:
                    self._command(effect)

    def _command(self, command: Do | ReleaseNow) -> None:
        """The newest counts: what waits before a stop or a release is not begun any more."""
        if isinstance(command, ReleaseNow) or command.action is DeviceAction.STOP or self._commands.full():
            while not self._commands.empty():
                self._commands.get_nowait()
        self._commands.put_nowait(command)

    async def _work(self) -> None:
        while True:
            command = await self._commands.get()
            try:
                deed = self._adapter.do(command.action, command.target) if isinstance(command, Do) else self._adapter.release()
                await asyncio.wait_for(deed, CALL_TIMEOUT_S)
            except (DeviceError, OSError, TimeoutError) as error:
                why = str(error) or type(error).__name__
                log.warning("%s: %s failed: %s", self.gate.name, type(command).__name__, why)
                self.gate.on_failure(command, why, self._clock())
                self._flush()

    async def _poll(self) -> None:
        while True:
            try:
                self.gate.on_report(await self._adapter.report(), self._clock())
            except (DeviceError, OSError) as error:
                log.warning("%s does not say how it stands: %s", self.gate.name, error)
                self.gate.tick(self._clock())
            self._flush()
            await asyncio.sleep(POLL_S)

    # ---- the broker ----

    def _received(self, message: Incoming) -> None:
        if message.retained:
            log.warning("%s: ignored a retained request", self.gate.name)  # it would be done again after each reconnect
            return
        self.gate.receive(message.payload, self._clock())
        self._flush()

    def _connected(self) -> None:
        self._publish(online=True)

    def _publish(self, *, online: bool) -> None:
        state = self.gate.state(self._clock(), online=online)
        self._link.publish(self._state_topic, codec.encode(state), qos=1, retain=True)

    def _will(self) -> Will:
        return Will(self._state_topic, codec.encode(self.gate.state(self._clock(), online=False)))

    def _load(self) -> DeviceMemory | None:
        if not self._path.exists():
            return None
        try:
            return codec.decode(self._path.read_bytes(), DeviceMemory)
        except InvalidInput as error:
            fix = f"see that nothing is at the device, then delete {self._path}"
            raise InvalidInput(f"{self._path}: {error.detail}", field="memory", fix=fix) from None
