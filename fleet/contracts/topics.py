"""MQTT topics of both brokers. Robots speak to the edge's broker only, edge nodes to the cloud's broker only."""

from __future__ import annotations

from typing import NamedTuple

from fleet.contracts.errors import InvalidInput

_FORBIDDEN = set("/+#$")


class RobotTopic(NamedTuple):
    prefix: str  # interfaceName/majorVersion
    manufacturer: str
    serial_number: str
    topic: str  # order, state, ...


def robot_topic(prefix: str, manufacturer: str, serial_number: str, topic: str) -> str:
    """VDA 5050 6.3: interfaceName/majorVersion/manufacturer/serialNumber/topic."""
    return f"{prefix}/{level(manufacturer)}/{level(serial_number)}/{topic}"


def parse_robot_topic(topic: str) -> RobotTopic:
    """Raises InvalidInput when the topic has not five levels."""
    parts = topic.split("/")
    if len(parts) != 5:
        raise InvalidInput(f"{topic!r} is not a VDA 5050 topic", field="topic", fix="interface/version/maker/serial/topic")
    return RobotTopic("/".join(parts[:2]), parts[2], parts[3], parts[4])


def level(text: str, *, field: str = "topic") -> str:
    """The text, if it may be one topic level. NATS' MQTT also forbids spaces."""
    if not text or _FORBIDDEN & set(text) or " " in text:
        raise InvalidInput(f"{text!r} can't be a topic level", field=field, fix="leave out / + # $ and spaces")
    return text


def sync_up(site: str, edge: str, stream: str) -> str:
    """Edge -> cloud: stream is ctl, ev, st or ack."""
    return f"fleet/v1/{level(site)}/{level(edge)}/up/{stream}"


def sync_down(site: str, edge: str, stream: str) -> str:
    """Cloud -> edge: stream is ctl, cfg, cmd or ack.

    `now` is beside them: a stop as bare ControlCommand, neither numbered nor acked; the same id follows in `cmd`.
    """
    return f"fleet/v1/{level(site)}/{level(edge)}/dn/{stream}"


def telemetry(site: str, edge: str) -> str:
    return f"fleet/v1/{level(site)}/{level(edge)}/up/tm"


def presence(site: str, edge: str) -> str:
    """Retained; the last will says lost."""
    return f"fleet/v1/{level(site)}/{level(edge)}/presence"


def hub_presence(site: str) -> str:
    return f"fleet/v1/{level(site)}/_hub/presence"


def device_topic(site: str, name: str, topic: str) -> str:
    """On the edge broker: `request` to a door, lift or charger; its `state`, retained (fleet/contracts/device.py)."""
    return f"drover/v1/{level(site)}/device/{level(name)}/{topic}"
