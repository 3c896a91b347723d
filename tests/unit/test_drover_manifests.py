"""Files to manifests: what is read, and what an operator is told when it is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drover import manifests
from fleet.contracts.errors import InvalidInput

LIF = {
    "metaInformation": {
        "projectIdentification": "p",
        "creator": "c",
        "exportTimestamp": "2026-01-01T00:00:00Z",
        "lifVersion": "1.0.0",
    },
    "layouts": [{"layoutId": "l", "nodes": [], "edges": [], "stations": []}],
}
TWO = """
kind: RobotModel
metadata: {name: Carrier}
spec: {type: AMR, manufacturer: acme}
---
kind: Robot
metadata: {name: AMR-1}
spec: {model: Carrier, serial_number: "0001"}
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_yaml_file_may_hold_several_documents(tmp_path: Path) -> None:
    found = manifests.read(write(tmp_path / "site.yaml", TWO))
    assert [d["metadata"]["name"] for d in found] == ["Carrier", "AMR-1"]


def test_a_folder_gives_all_its_manifests_and_passes_over_other_json(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", TWO)
    write(tmp_path / "hall.lif.json", json.dumps(LIF))
    write(tmp_path / "b.json", json.dumps({"kind": "Closure", "metadata": {"name": "c"}, "spec": {"targets": ["Aisle 1"]}}))
    assert [d["kind"] for d in manifests.read(tmp_path)] == ["RobotModel", "Robot", "Closure"]


def test_a_bare_lif_file_becomes_a_layout_that_is_called_like_the_file(tmp_path: Path) -> None:
    [layout] = manifests.read(write(tmp_path / "hall.lif.json", json.dumps(LIF)))
    assert (layout["kind"], layout["metadata"]["name"], layout["spec"]["lif"]) == ("Layout", "hall", LIF)


def test_lif_file_is_relative_to_the_manifest_and_not_to_the_shell(tmp_path: Path) -> None:
    write(tmp_path / "hall.lif.json", json.dumps(LIF))
    manifest = "kind: Layout\nmetadata: {name: hall}\nspec: {lif_file: hall.lif.json, title: Hall}\n"
    [layout] = manifests.read(write(tmp_path / "site.yaml", manifest))
    assert layout["spec"] == {"title": "Hall", "lif": LIF}


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("kind: Robot\nmetadata: {name: [}\n", "-f", "line 2"),
        ('{"kind": "Robot",}', "-f", "line 1"),
        ("kind: Robt\nmetadata: {name: a}\n", "kind", "'Robt' is not a kind"),
        ("kind: Robot\nmetadata: {name: a}\nspec: {model: m, serial_number: s, colour: red}\n", "spec.colour", "unknown field"),
        ("kind: Robot\nmetadata: {name: a}\nspec: {model: m}\n", "spec", "serial_number"),
        ("kind: Robot\nmetadata: {name: 'a+b'}\n", "metadata.name", "is not a name"),
        ("- 1\n", "$", "mapping"),
        ("kind: Layout\nmetadata: {name: a}\nspec: {lif_file: gone.json}\n", "spec.lif_file", "no file"),
        ("kind: Layout\nmetadata: {name: a}\nspec: {lif_file: 7}\n", "spec.lif_file", "lif"),
        ("a: " + "[" * 3000, "-f", ""),
    ],
)
def test_what_is_wrong_is_said_with_file_field_and_fix(tmp_path: Path, text: str, field: str, said: str) -> None:
    path = write(tmp_path / "site.yaml", text)
    with pytest.raises(InvalidInput) as caught:
        manifests.read(path)
    assert caught.value.field == field
    assert said in caught.value.detail
    assert str(path) in caught.value.detail
    assert caught.value.fix


def test_one_wrong_document_of_several_is_named_by_its_number(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="document 3"):
        manifests.read(write(tmp_path / "site.yaml", TWO + "---\nkind: Nothing\n"))


def test_a_file_that_is_not_there_not_text_or_too_long_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00kind")
    (tmp_path / "long.yaml").write_bytes(b"#" * (manifests.DOCUMENT_BYTES_MAX + 1))
    for name in ("gone.yaml", "binary.yaml", "long.yaml"):
        with pytest.raises(InvalidInput):
            manifests.read(tmp_path / name)


@pytest.mark.parametrize("value", [".nan", "2024-01-01", "!!set {a}", "!!binary aGVsbG8="])
def test_yaml_that_is_no_json_is_refused_before_it_is_sent(tmp_path: Path, value: str) -> None:
    file = tmp_path / "hall.yaml"
    file.write_text(f"kind: Layout\nmetadata: {{name: hall}}\nspec:\n  lif: {{x: {value}}}\n")
    with pytest.raises(InvalidInput) as refused:
        manifests.read(file)
    assert "hall.yaml" in refused.value.detail
    assert refused.value.fix


def test_aliases_that_grow_without_bound_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "hall.yaml"
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    body = "".join(f"    {line}\n" for line in lines)
    file.write_text(f"kind: Layout\nmetadata: {{name: hall}}\nspec:\n  lif:\n{body}")
    with pytest.raises(InvalidInput, match="too large"):
        manifests.read(file)
