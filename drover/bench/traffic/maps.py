"""Roads from a file: a MovingAI map (.map) or a layout (LIF, .json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fleet.contracts.errors import InvalidInput, NotFound, TooLarge
from fleet.layout import lif
from fleet.traffic.csr import RoadArrays, from_grid, from_site
from fleet.traffic.state import I32

#: Largest file that is read, bytes, and largest map, nodes.
BYTES_MAX: Final = 64 * 1024 * 1024
NODES_MAX: Final = 200_000
#: Speed on drawn layouts, m/s.
SPEED_MPS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """`grid`: cells of 1 m; else a drawn layout with edges of any length. `radius_m` of every robot."""

    name: str
    roads: RoadArrays
    grid: bool
    radius_m: float


def read(file: Path, *, radius_m: float = 0.25) -> Loaded:
    """Raises NotFound, TooLarge, InvalidInput."""
    text = _text(file, "map")
    if file.suffix == ".map":
        if not 0 < radius_m < 0.5:
            raise InvalidInput(
                f"a radius of {radius_m} m", field="radius", fix="on a grid with cells of 1 m use more than 0, less than 0.5"
            )
        roads = from_grid(_rows(text))
    else:
        roads = _layout(text)
        if not 0 < radius_m < 5:
            raise InvalidInput(f"a radius of {radius_m} m", field="radius", fix="use more than 0, less than 5")
    if roads.n_nodes > NODES_MAX:
        raise TooLarge(f"{roads.n_nodes} nodes", field="map", fix=f"use a map of at most {NODES_MAX}")
    name = file.parent.name if file.name == "layout.lif.json" else file.name.removesuffix(".map")
    return Loaded(name, roads, file.suffix == ".map", radius_m)


def read_scenario(file: Path, loaded: Loaded, robots: int) -> tuple[I32, I32]:
    """(starts, first goals) of a MovingAI .scen: tab-separated, `bucket map width height sx sy gx gy length`."""
    nodes = loaded.roads.node_index
    starts: list[int] = []
    goals: list[int] = []
    for number, line in enumerate(_text(file, "scenario").splitlines(), 1):
        cells = line.split("\t") if "\t" in line else line.split()
        if not line.strip() or cells[0] == "version":
            continue
        if len(cells) < 8 or not all(cell.lstrip("-").isdigit() for cell in cells[4:8]):
            raise InvalidInput("no start and goal", field=f"scenario line {number}", fix="columns 5 to 8 are start x y, goal x y")
        for column, found in ((4, starts), (6, goals)):
            name = f"{int(cells[column])}-{int(cells[column + 1])}"
            if name not in nodes:
                raise InvalidInput(
                    f"{name} is a wall or outside", field=f"scenario line {number}", fix="use the scenario of this map"
                )
            found.append(nodes[name])
        if len(starts) == robots:
            break
    if len(starts) < robots:
        raise InvalidInput(f"{len(starts)} robots in the scenario", field="robots", fix=f"use at most {len(starts)}")
    if len(set(starts)) < len(starts):
        raise InvalidInput("two robots start in one cell", field="scenario", fix="starts must differ")
    return np.array(starts, np.int32), np.array(goals, np.int32)


def _text(file: Path, field: str) -> str:
    try:
        if file.stat().st_size > BYTES_MAX:
            raise TooLarge(f"{file} is too large", field=field, fix=f"at most {BYTES_MAX // 2**20} MiB")
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is not text", field=field, fix="give a MovingAI .map or a LIF .json") from None
    except OSError as error:
        raise NotFound(f"{file}: {error.strerror}", field=field, fix="give a file that can be read") from None


def _rows(text: str) -> list[str]:
    lines = text.splitlines()
    if "map" not in lines[:10]:
        raise InvalidInput(
            "no line `map` among the first ones", field="map", fix="MovingAI: type, height, width, map, then the rows"
        )
    return [line for line in lines[lines.index("map") + 1 :] if line]


def _layout(text: str) -> RoadArrays:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidInput(f"no JSON: {error}", field="map", fix="give a MovingAI .map or a LIF .json") from None
    return from_site(lif.read(document).graph, SPEED_MPS)
