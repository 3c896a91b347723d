"""The two ends of a link as a drill sees them: the cloud's API and the edge node's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drover import edge_view
from drover.client import Client, Unreachable, named
from fleet.contracts.errors import Conflict, FleetError, InvalidInput, NotFound
from fleet.contracts.resources import Kind

#: A drill begins only with queues that are shorter than this, rows: else it would measure an older outage.
BACKLOG_MAX = 200
EVENTS_MAX = 1000
TIMEOUT_S = 15.0


@dataclass
class Sides:
    """`name`: of the edge node. Both clients raise FleetError."""

    name: str
    cloud: Client
    edge: Client

    def node(self) -> dict[str, Any]:
        return self.cloud.get(Kind.EDGE_NODE, self.name)

    def cloud_view(self) -> dict[str, Any]:
        """`{at, view}`: the cloud's clock and its side of the link (fleet.sync.view.View)."""
        answer: dict[str, Any] = self.cloud.call("GET", named(Kind.EDGE_NODE, self.name, "link"))
        return answer

    def edge_view(self) -> dict[str, Any]:
        """`{cut, left_s, backlog, link}` as the edge node has it."""
        answer: dict[str, Any] = self.edge.call("GET", "drill/partition")
        return answer

    def cut(self, for_s: float) -> None:
        self.edge.call("POST", "drill/partition", {"for_s": for_s})

    def heal(self) -> None:
        self.edge.call("DELETE", "drill/partition")

    def events(self, client: Client, after: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = client.call("GET", "events", after=after, limit=EVENTS_MAX)["items"]
        return items


def open_sides(cloud: Client, edge: str, *, edge_url: str, edge_token: str | None) -> Sides:
    """Finds the edge node and both its sides. `edge` "": the only one. Raises NotFound, InvalidInput, Unreachable."""
    nodes = {item["metadata"]["name"]: item for item in cloud.list(Kind.EDGE_NODE)}
    if not edge:
        if len(nodes) != 1:
            raise InvalidInput(f"{len(nodes)} edge nodes", field="--edge", fix="name one of: " + ", ".join(nodes))
        edge = next(iter(nodes))
    if edge not in nodes:
        raise NotFound(f"no edge node {edge!r}", field="--edge", fix="name one of: " + ", ".join(nodes))
    url = (edge_url or nodes[edge]["spec"].get("api_url", "")).rstrip("/")
    if not url:
        raise InvalidInput("not known", field="--edge-url", fix=f"give it, or set spec.api_url of EdgeNode {edge}")
    return Sides(edge, cloud, Client(url, edge_token, timeout_s=TIMEOUT_S))


def check_ready(sides: Sides, *, work: bool) -> list[str]:
    """What was checked, in words. Raises Conflict, InvalidInput naming what is to be put right first."""
    node = sides.node()
    status = node.get("status", {})
    word = edge_view.state_word(status)
    if word != "online":
        raise Conflict(
            f"{sides.name} is {word}", field="--edge", fix="a drill begins with a link that is whole: see `drover edges`"
        )
    try:
        here = sides.edge_view()
    except Unreachable as error:
        raise Unreachable(
            error.detail, field="--edge-url", fix=f"start edge node {sides.name}, or give its API's address"
        ) from None
    known = {item["metadata"]["name"] for item in sides.edge.list(Kind.EDGE_NODE)}
    if known and sides.name not in known:
        raise InvalidInput(
            f"{sides.edge.api} is edge node {', '.join(sorted(known))}", field="--edge-url", fix="give its own API"
        )
    if here["cut"]:
        raise Conflict(f"{sides.name} is cut already, for {here['left_s']:.0f} s", fix="end it with `drover drill heal`")
    waiting = max(int(here["backlog"]), int(status.get("backlog", 0)))
    if waiting > BACKLOG_MAX:
        raise Conflict(f"{waiting} rows wait already", field="--edge", fix="let the last outage drain first")
    said = [f"{sides.name} is online", f"its own API answers at {sides.edge.api}", f"{waiting} rows wait"]
    if work:
        if holders := edge_view.stop_holders(node.get("spec", {}), status):
            who = ", ".join(sorted({h["holder"] for h in holders}))
            raise Conflict(f"its robots are stopped (by {who})", field="--work", fix="resume them, or drill with --no-work")
        online = int(status.get("robots_online", 0))
        if not online:
            raise Conflict("no robot is online", field="--work", fix="start robots, or drill with --no-work")
        said.append(f"{online} robots online")
    return said


def told(error: FleetError) -> str:
    return f"{error.field}: {error.detail}" if error.field else error.detail
