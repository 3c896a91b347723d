"""A shipped site at the size that more robots need: same kinds of places, same rules of drawing, more of everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drover import site as sites
from drover.floors import hospital, warehouse
from drover.floors.drawing import Drawing
from fleet.contracts import manifest
from fleet.contracts.errors import InvalidInput

#: Shipped sites that have a drawing for any number of robots, and how many live on the floor that is shipped.
DRAWN: dict[str, tuple[Callable[[int], Drawing], int]] = {
    "warehouse": (warehouse.draw, warehouse.ROOM),
    "hospital": (hospital.draw, hospital.SHIPPED),
}
#: Most robots that a floor is drawn for.
ROBOTS_MAX = 1000


def load(name: str | Path, robots: int | None) -> sites.Site:
    """The site of that name or folder; drawn larger if it is a shipped one and has no room for so many robots.

    Raises InvalidInput, NotFound.
    """
    path = sites.find(str(name))
    folder = (path.parent if path.is_file() else path).resolve()
    draw, room = DRAWN.get(folder.name, (None, 0)) if folder.parent == sites.LAYOUTS else (None, 0)
    if draw is None or robots is None or robots <= room:
        return sites.load(str(name))
    if robots > ROBOTS_MAX:
        raise InvalidInput(f"{robots} robots", field="--robots", fix=f"a floor is drawn for at most {ROBOTS_MAX}")
    documents = draw(robots).documents()
    return sites.Site(folder.name, tuple(documents), tuple(manifest.parse(d) for d in documents))
