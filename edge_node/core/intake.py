"""From an MQTT message of a robot to a typed message of a known one. What is wrong becomes an event and a counter."""

from __future__ import annotations

from collections.abc import Callable

from edge_node.core.context import Context
from edge_node.core.unit import Unit
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.topics import RobotTopic, parse_robot_topic
from fleet.contracts.vda5050 import codec
from fleet.contracts.vda5050.common import Message

#: A robot whose clock and counter both went back is believed after so many such messages in a row (it was restarted).
BACKWARDS_MAX = 3

#: Visualization is taken of each robot at most this often: so many robots' worth of it a second, in all, seconds.
SHOWN_PER_S = 400.0
#: Topics whose parts are remembered.
TOPICS_MAX = 20_000
#: What master control says itself, and hears again.
OUR_TOPICS = frozenset({"order", "instantActions"})

READERS: dict[str, Callable[[bytes], Message]] = {
    "state": codec.read_state,
    "connection": codec.read_connection,
    "visualization": codec.read_visualization,
    "factsheet": codec.read_factsheet,
}


class Intake:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._parsed: dict[str, RobotTopic] = {}

    def read(self, topic: str, payload: bytes, now: float) -> tuple[Unit, str, Message] | None:
        """The robot, the topic's last level, the message; None when it is refused (event and counter are made)."""
        try:
            parsed = self._parse(topic)
        except InvalidInput as error:
            self._ctx.bad_message(topic, error, now, reason="UnknownTopic")
            return None
        if parsed.topic in OUR_TOPICS:
            return None
        reader = READERS.get(parsed.topic)
        if reader is None:
            wrong = InvalidInput(f"unknown topic {parsed.topic!r}", field="topic", fix="robots send " + ", ".join(READERS))
            self._ctx.bad_message(topic, wrong, now, reason="UnknownTopic")
            return None
        unit = self._ctx.units.get(self._ctx.by_key.get((parsed.prefix, parsed.manufacturer, parsed.serial_number), ""))
        if unit is None:
            wrong = NotFound(
                f"no robot {parsed.manufacturer}/{parsed.serial_number}",
                field="topic",
                fix="apply a Robot with this serial number",
            )
            self._ctx.bad_message(topic, wrong, now, reason="UnknownRobot")
            return None
        if parsed.topic == "visualization" and now - unit.pose_at < len(self._ctx.units) / SHOWN_PER_S:
            return None  # a newer one follows
        subject = f"Robot/{unit.name}"
        try:
            message = reader(payload)
        except InvalidInput as error:
            self._ctx.bad_message(topic, error, now, subject=subject)
            return None
        theirs = (message.manufacturer or parsed.manufacturer, message.serial_number or parsed.serial_number)
        if theirs != (parsed.manufacturer, parsed.serial_number):
            wrong = InvalidInput(
                f"the message is of {theirs[0]}/{theirs[1]}", field="serialNumber", fix="each robot writes to its own topics"
            )
            self._ctx.bad_message(topic, wrong, now, reason="IdentityMismatch", subject=subject)
            return None
        if message.version.split(".")[0] in ("1", "2"):
            unit.version = message.version
        return unit, parsed.topic, message

    def _parse(self, topic: str) -> RobotTopic:
        """Raises InvalidInput."""
        parsed = self._parsed.get(topic)
        if parsed is None:
            if len(self._parsed) >= TOPICS_MAX:
                self._parsed.clear()
            parsed = self._parsed[topic] = parse_robot_topic(topic)
        return parsed

    def replayed(self, unit: Unit, message: Message, topic: str, now: float) -> bool:
        """Whether this state was seen before (headerId and timestamp), or is older by both than the last one.

        After a restart a robot counts anew with a later clock; with its clock set back as well, it is believed after
        BACKWARDS_MAX messages.
        """
        if not message.timestamp:
            return False
        pair = (message.header_id, message.timestamp)
        if pair in unit.seen:
            repeated = True
        else:
            repeated = bool(unit.seen) and self._goes_back(unit.seen[-1], pair)
            unit.refused = unit.refused + 1 if repeated else 0
            repeated = repeated and unit.refused < BACKWARDS_MAX
        if repeated:
            wrong = InvalidInput(
                f"headerId {message.header_id} of {message.timestamp} was here before",
                field="headerId",
                fix="count up from message to message",
            )
            self._ctx.bad_message(topic, wrong, now, reason="StateRepeated", subject=f"Robot/{unit.name}")
            return True
        unit.refused = 0
        unit.seen.append(pair)
        return False

    def _goes_back(self, last: tuple[int, str], pair: tuple[int, str]) -> bool:
        before, then = codec.unix_of(last[1]), codec.unix_of(pair[1])
        return pair[0] < last[0] and before is not None and then is not None and then < before
