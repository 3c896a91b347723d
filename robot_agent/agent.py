"""The thin shell around one executor: MQTT on one side, an adapter on the other, a file for what must be remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from fleet.contracts import topics
from fleet.contracts.vda5050 import codec
from fleet.contracts.vda5050.common import ActionStatus
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings, Will
from robot_agent.adapters.adapter import Adapter, AdapterError
from robot_agent.core.executor import Executor
from robot_agent.core.port import (
    Abort,
    ActionChanged,
    AdapterEvent,
    DriveFailed,
    DriveTo,
    Halted,
    Perform,
    Reported,
    Save,
    Send,
    StopDriving,
)
from robot_agent.store import Store

log = logging.getLogger("drover.agent")

#: How often the robot is asked for its state, in seconds.
POLL_S = 0.1
#: Longest time that a robot may take to accept a command, in seconds.
CALL_TIMEOUT_S = 10.0
#: Commands to the robot that may wait for their turn.
COMMANDS_MAX = 1000

Command = DriveTo | StopDriving | Perform | Abort


class Agent:
    """One robot on the broker. `clock`: Unix seconds."""

    def __init__(
        self, executor: Executor, adapter: Adapter, store: Store, broker: MqttSettings, clock: Callable[[], float]
    ) -> None:
        self.executor = executor
        self._adapter = adapter
        self._store = store
        self._broker = broker
        self._clock = clock
        self._commands: asyncio.Queue[Command] = asyncio.Queue(COMMANDS_MAX)
        self._stopping = asyncio.Event()
        self._network = asyncio.Event()
        self._network.set()
        self._cut = asyncio.Event()
        self._link: MqttLink | None = None
        self.name = f"{executor.identity.manufacturer}/{executor.identity.serial_number}"

    async def run(self) -> None:
        """Until `stop`. Raises AdapterError when the robot cannot be reached at the start, InvalidInput for a bad snapshot."""
        remembered = self._store.load()
        await self._adapter.connect(self.tell)
        if remembered is not None:
            self.executor.restore(remembered, self._clock())
        self.tell(Reported(await self._adapter.state()))
        workers = [asyncio.create_task(work()) for work in (self._work, self._poll, self._stay_linked)]
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([*workers, stopping], return_when=asyncio.FIRST_COMPLETED)
            await self._leave()
        finally:
            for task in (*workers, stopping):
                task.cancel()
            results = await asyncio.gather(*workers, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    def stop(self) -> None:
        """Say OFFLINE and end `run`."""
        self._stopping.set()

    def set_network(self, up: bool) -> None:
        """Cut the connection (the broker says the last will) or let it come back: a simulated radio hole."""
        if up:
            self._cut.clear()
            self._network.set()
        else:
            self._network.clear()
            self._cut.set()

    def tell(self, event: AdapterEvent) -> None:
        """The adapter reports."""
        self.executor.on_adapter(event, self._clock())
        self._flush()

    # ---- Effects ----------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Save first; then messages go out at once, commands to the robot in their order."""
        for effect in self.executor.take_effects():
            match effect:
                case Save():
                    self._store.save(self.executor.snapshot())
                case Send():
                    self._send(effect)
                case _:
                    self._commands.put_nowait(effect)

    def _send(self, send: Send) -> None:
        if self._link is not None:
            self._link.publish(self._topic(send.topic_name), codec.write(send.message), qos=send.qos, retain=send.retain)

    async def _work(self) -> None:
        while True:
            command = await self._commands.get()
            try:
                await asyncio.wait_for(self._carry_out(command), CALL_TIMEOUT_S)
            except (AdapterError, OSError, TimeoutError) as error:
                why = str(error) or type(error).__name__
                log.warning("%s: %s failed: %s", self.name, type(command).__name__, why)
                self._tell_failure(command, why)

    def _carry_out(self, command: Command) -> Awaitable[None]:
        match command:
            case DriveTo(way):
                return self._adapter.drive_to(way)
            case Perform(action, again):
                return self._adapter.perform(action, again=again)
            case StopDriving(at_node):
                return self._adapter.stop(at_node=at_node, abort=None)
            case Abort(action_id):
                return self._adapter.stop(at_node=False, abort=action_id)

    def _tell_failure(self, command: Command, why: str) -> None:
        match command:
            case DriveTo():
                self.tell(DriveFailed(why))
            case Perform(action):
                self.tell(ActionChanged(action.action_id, ActionStatus.FAILED, why))
            case StopDriving(at_node=True):
                self.tell(Halted())
            case _:
                self.tell(DriveFailed(f"could not stop: {why}"))

    # ---- Inputs -----------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        while True:
            try:
                self.executor.on_adapter(Reported(await self._adapter.state()), self._clock())
            except (AdapterError, OSError) as error:
                log.warning("%s does not say how it is: %s", self.name, error)
            self.executor.tick(self._clock())
            self._flush()
            await asyncio.sleep(POLL_S)

    async def _stay_linked(self) -> None:
        while True:
            await self._network.wait()
            self._link = self._make_link()
            session = asyncio.create_task(self._link.run())
            try:
                await self._cut.wait()
            finally:
                session.cancel()  # no DISCONNECT: the broker says the last will
                await asyncio.gather(session, return_exceptions=True)

    def _make_link(self) -> MqttLink:
        identity = self.executor.identity
        return MqttLink(
            self._broker,
            client_id=f"agent-{identity.manufacturer}-{identity.serial_number}",
            on_message=self._received,
            subscriptions=[(self._topic("order"), 0), (self._topic("instantActions"), 0)],
            will=self._will,
            on_connect=self._connected,
            on_disconnect=self.executor.link_down,
        )

    def _received(self, message: Incoming) -> None:
        if message.retained:
            # an order that a broker kept would be driven again after each reconnect (order and instantActions
            # must not be retained, VDA 5050 6.2)
            log.warning("%s: ignored a retained %s", self.name, message.topic)
            return
        self.executor.receive(topics.parse_robot_topic(message.topic).topic, message.payload, self._clock())
        self._flush()

    def _will(self) -> Will:
        send = self.executor.last_will(self._clock())
        return Will(self._topic(send.topic_name), codec.write(send.message))

    def _connected(self) -> None:
        self.executor.link_up(self._clock())
        self._flush()

    async def _leave(self) -> None:
        if self._link is not None:
            await self._link.stop(last_words=self._last_words)

    def _last_words(self) -> None:
        self.executor.say_goodbye(self._clock())
        self._flush()

    def _topic(self, name: str) -> str:
        identity = self.executor.identity
        return topics.robot_topic(identity.prefix, identity.manufacturer, identity.serial_number, name)
