"""Rules about the repository as a whole, which no single package could check."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINES_MAX = 500
#: Folders of the machines that we work on; a committed file that names one works nowhere else.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|home/\w|root|opt|tmp/bash)\b[/\w.]*")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".ts", ".tsx", ".css", ".html", ".in", ".lock", ".sh", ""}


def committed() -> list[Path]:
    """Files that git knows, and new ones that it does not ignore."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git checkout here: the rules are about committed files")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in said.splitlines() if (ROOT / line).is_file()]


def packages() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[str] = settings["tool"]["importlinter"]["root_packages"]
    return found


def test_the_layer_rules_hold() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    said = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert ", 0 broken" in said.stdout


def test_every_python_package_is_under_the_layer_rules() -> None:
    found = {p.parent.name for p in committed() if p.name == "__init__.py" and p.parent.parent == ROOT} - {"tests", "benchmarks"}
    assert found == set(packages())


def test_no_source_file_is_longer_than_500_lines() -> None:
    sources = [p for p in committed() if p.suffix in (".py", ".ts", ".tsx", ".css")]
    long = {str(p.relative_to(ROOT)): n for p in sources if (n := len(p.read_text("utf-8").splitlines())) > LINES_MAX}
    assert long == {}


def test_the_architecture_names_every_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert [name for name in packages() if name not in text] == []


def test_no_committed_file_names_a_path_of_one_machine() -> None:
    found = []
    for path in committed():
        if path.suffix not in TEXT or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if (match := MACHINE_PATHS.search(line)) and not line.startswith("#!"):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    assert found == []


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = []
    for path in committed():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_what_make_test_installs_is_what_the_lock_files_say() -> None:
    """torch is pinned in the Makefile, since no lock file may pull its CUDA build."""
    locks = "".join((ROOT / "requirements" / f"{name}.lock").read_text("utf-8") for name in ("run", "dev", "weights"))
    assert not re.search(r"^(torch|nvidia|triton|cuda)", locks, re.MULTILINE)
    assert re.search(r"^TORCH = torch==\d", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
