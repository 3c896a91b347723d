"""What docs/integrating-a-robot.md shows is what the tests and the benchmark use, and what the API takes."""

from __future__ import annotations

import math
import re
import textwrap
from pathlib import Path

import yaml

from drover import manifests, site
from fleet.contracts import manifest
from fleet.contracts.resources import Kind, RobotModelSpec, RobotSpec
from fleet.layout.site import site_graph

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "integrating-a-robot.md").read_text("utf-8")
LIB = ROOT / "tests" / "integration" / "third_party" / "lib-1.yaml"


def yaml_blocks() -> list[str]:
    return [textwrap.dedent(block) for block in re.findall(r"^ *```yaml\n(.*?)^ *```$", DOC, re.DOTALL | re.MULTILINE)]


def test_the_manifest_of_the_other_makers_robot_is_shown_whole() -> None:
    assert LIB.read_text("utf-8") in yaml_blocks()


def test_every_whole_manifest_in_the_page_is_taken() -> None:
    whole = [text for text in yaml_blocks() if "apiVersion" in text]
    kinds = [manifest.parse(document).kind for text in whole for document in yaml.safe_load_all(text)]
    assert kinds == [Kind.ROBOT_MODEL, Kind.ROBOT] * 2


def test_its_home_in_the_warehouse_is_free_and_is_where_the_page_switches_it_on() -> None:
    model, robot = (manifest.parse(d).spec for d in manifests.read(LIB))
    assert isinstance(model, RobotModelSpec)
    assert isinstance(robot, RobotSpec)
    warehouse = site.load("warehouse")
    assert robot.home not in {r.spec.home for r in warehouse.of(Kind.ROBOT)}
    graph = site_graph(warehouse.layout).graph
    node = graph.nodes[graph.place(robot.home).nodes[0]]
    started = re.search(r"node agv\.js \S+ (\S+) (\S+) (\S+) (\S+) (\S+) \S+ ([^\s)]+)\)", DOC)
    assert started is not None
    manufacturer, serial, map_id, x_m, y_m, node_id = started.groups()
    assert (manufacturer, serial) == (model.manufacturer, robot.serial_number)
    assert (map_id, node_id) == (node.map_id, node.node_id)
    assert math.dist((float(x_m), float(y_m)), (node.x_m, node.y_m)) < 0.01
