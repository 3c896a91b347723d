"""Small missions while the link is cut: at the cloud, where they wait for the edge node, and at the site's own API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from drover.client import Client
from drover.drill.sides import Sides, told
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.resources import Kind

#: Places where a robot must not be sent for nothing.
_NOT_TO = frozenset({"charger", "parking", "no_robot_zone", "lift", "door"})
#: Missions that one drill makes at each side.
MISSIONS_MAX = 200


@dataclass
class Made:
    """`asked`: titles that were sent to a side; `names`: missions that it said it has stored, by title."""

    asked: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


class Work:
    """`post` sends one robot to one place through each side, a different place each time."""

    def __init__(self, sides: Sides, drill: str) -> None:
        self._sides = sides
        self._drill = drill
        registry = sides.cloud.call("GET", "registry")
        self._places = [p["name"] for p in registry.get("places", ()) if p.get("kind", "") not in _NOT_TO]
        if not self._places:
            raise InvalidInput("the site has no place to send a robot to", field="--work", fix="drill with --no-work")
        self._next = 0
        self.cloud = Made()
        self.edge = Made()

    def post(self) -> None:
        if len(self.cloud.asked) >= MISSIONS_MAX:
            return
        self._post(self._sides.cloud, self.cloud, "cloud")
        self._post(self._sides.edge, self.edge, "site")

    def _post(self, client: Client, made: Made, side: str) -> None:
        title = f"Drill {self._drill}: {side} {len(made.asked) + 1}"
        made.asked.append(title)
        task = {"ref": "t1", "action": "goto", "to": self._places[self._next % len(self._places)]}
        self._next += 1
        try:
            answer = client.call("POST", "missions", {"title": title, "ir": {"outcome": "plan", "tasks": [task]}})
            made.names[title] = answer["metadata"]["name"]
        except FleetError as error:
            made.refused.append(f"{title}: {told(error)}")


def drill_missions(client: Client, drill: str) -> list[dict[str, Any]]:
    """The missions of this drill that one side has."""
    return [m for m in client.list(Kind.MISSION) if m.get("spec", {}).get("title", "").startswith(f"Drill {drill}: ")]
