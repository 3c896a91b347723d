"""What the linker alone gets right: is every name and figure of the gold among the marks that it finds?

    python benchmarks/language/linker.py [--half odd|even|all] [--cases DIR --sites DIR] [--quiet]

The linker is the ceiling of the whole: a name that it misses must be written out by the model, and a figure that it misses
is lost. Printed: each miss (gold value that no mark means), each spurious mark (names nothing of the gold), and both rates.
Names implied by an item's home are not asked for; of alternatives in the gold the best one counts. A sum that only
arithmetic gives ("six, four of them now, the rest later") shows as a miss and is none.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.contracts import codec
from fleet.contracts.translate import Registry, RegistryItem, RegistryPlace, RegistryRobot
from llm_planner.core.delex import Delexed, Delexer
from llm_planner.core.times import clock_minutes

HERE = Path(__file__).parent
#: Two clock times this close are the same.
TOLERANCE_MIN = 1.0


@dataclass(frozen=True)
class Wanted:
    """`slot`: where the gold has it; `options`: texts of which one must be found."""

    slot: str
    options: tuple[str, ...]


class Site:
    """One site's registry and its names as the scorer compares them."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.registry = codec.convert(document, Registry)
        self.delexer = Delexer(self.registry)
        self.homes = {item.name: item.home for item in self.registry.items}
        self.areas: dict[str, set[str]] = {}
        self.canonical: dict[str, str] = {}
        entries: list[RegistryItem | RegistryRobot | RegistryPlace] = [*self.registry.items, *self.registry.robots]
        for entry in (*entries, *self.registry.places):
            for spelling in (*entry.aliases, entry.name):
                self.canonical[_squeezed(spelling)] = entry.name
        for place in self.registry.places:
            self.areas.setdefault(place.area, set()).add(place.name)
        self.types: dict[str, set[str]] = {}
        for robot in self.registry.robots:
            self.types.setdefault(robot.type, set()).add(robot.name)
        for name in (*self.areas, *self.types):
            self.canonical.setdefault(_squeezed(name), name)

    def name(self, said: str) -> str:
        """The canonical name, or `said` where the registry has none."""
        return self.canonical.get(_squeezed(said), said)

    def covered(self, read: Delexed) -> set[str]:
        """Every name that some mark may mean, areas and types with their members."""
        found: set[str] = set()
        for mark in read.marks.values():
            for name in mark.names:
                found |= {name.name} | self.areas.get(name.name, set()) | self.types.get(name.name, set())
        whole = {n for groups in (self.areas, self.types) for n, members in groups.items() if members and members <= found}
        return found | whole


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _options(value: Any) -> list[Any]:
    return value["any"] if isinstance(value, dict) and set(value) == {"any"} else [value]


def wanted(gold: dict[str, Any], site: Site) -> Iterator[Wanted]:
    """The names and figures of one gold, as texts: a name, "#3", "@14:30", "~20" (minutes), "%50"."""
    for task in gold.get("tasks") or []:
        home = site.homes.get(site.name(str(_options(task.get("item"))[0] or "")))
        for slot, value in task.items():
            options = _options(value)
            if slot == "from" and home is not None and site.name(home) in map(site.name, filter(None, options)):
                continue
            yield from _slot(slot, options, site)
    control = gold.get("control") or {}
    for slot in ("targets", "except", "until", "speed"):
        yield from _slot(slot, _options(control.get(slot)), site)
    yield from _slot("targets", _options((gold.get("query") or {}).get("targets")), site)


def _slot(slot: str, options: list[Any], site: Site) -> Iterator[Wanted]:
    if not options or None in options or slot in ("ref", "after", "action", "priority"):
        return
    if slot in ("stops", "avoid", "targets", "except") or isinstance(options[0], list):
        listed = [option for option in options if option]
        if len(listed) == 1 or slot in ("stops", "avoid"):
            for value in listed[0] if listed else []:
                yield from _slot("name", _options(value), site)
        elif listed:  # several ways to say the targets: any of their first names will do
            yield from _slot("name", [value for option in listed for value in option], site)
    elif slot in ("from", "to", "robot", "robot_type", "item", "name"):
        names = tuple(site.name(str(option)) for option in options)
        if "all" not in names and any(name in site.canonical.values() for name in names):
            yield Wanted(slot, names)
    else:
        figures = tuple(text for option in options for text in _figures(slot, option))
        if figures:
            yield Wanted(slot, figures)


def _figures(slot: str, value: Any) -> Iterator[str]:
    if slot in ("quantity", "robots_needed") and value not in (1, None):
        yield f"#{value}"
    elif slot == "duration_minutes":
        yield f"~{value:g}"
    elif slot in ("not_before", "deadline", "until"):
        yield f"@{value}" if isinstance(value, str) else f"~{next(iter(value.values())):g}"
    elif slot == "speed":
        yield f"%{value['percent']:g} percent" if "percent" in value else f"%{value['mps']:g} mps"
    elif slot == "repeat":
        if value.get("times"):
            yield f"#{value['times']}"
        elif value.get("every_minutes"):
            yield f"~{value['every_minutes']:g}"


def found(option: str, names: set[str], read: Delexed, now: str) -> bool:
    """Whether a mark means this."""
    figures = [(label[0], mark.value) for label, mark in read.marks.items() if mark.value]
    if option[:1] == "#":
        return ("N", option[1:]) in figures
    if option[:1] == "%":
        number, _, unit = option[1:].partition(" ")
        return any(v.endswith(unit) and abs(float(v.split()[0]) - float(number)) < 0.01 for letter, v in figures if letter == "S")
    if option[:1] in "@~":
        clocks = [clock_minutes(v) if letter == "C" else clock_minutes(now) + float(v) for letter, v in figures if letter in "CD"]
        meant = clock_minutes(option[1:]) if option[0] == "@" else clock_minutes(now) + float(option[1:])
        return any(min((c - meant) % 1440, (meant - c) % 1440) <= TOLERANCE_MIN for c in clocks)
    return option in names


def judged(case: dict[str, Any], site: Site) -> tuple[list[Wanted], list[Wanted], list[str], Delexed]:
    """(wanted, missed, spurious marks, reading) under the alternative with the fewest misses."""
    read = site.delexer.read(case["text"], case["now"])
    names = site.covered(read)
    best: tuple[list[Wanted], list[Wanted]] | None = None
    for gold in (case["expect"], *case.get("expect_any", [])):
        asked = list(dict.fromkeys(wanted(gold, site)))
        missed = [want for want in asked if not any(found(option, names, read, case["now"]) for option in want.options)]
        if best is None or len(missed) < len(best[1]):
            best = asked, missed
    assert best is not None
    spurious = []
    if best[0]:
        text = {
            option for gold in (case["expect"], *case.get("expect_any", [])) for w in wanted(gold, site) for option in w.options
        }
        homes = {site.name(home) for home in site.homes.values() if home}
        for label, mark in read.marks.items():
            meant = {n.name for n in mark.names} | {
                m for n in mark.names for m in (site.areas.get(n.name) or site.types.get(n.name) or ())
            }
            if mark.names and not meant & (text | homes):
                spurious.append(f"{label}={read.words_of(label)!r}:{mark.names[0].name}")
    return best[0], best[1], spurious, read


def cases(folder: Path, half: str) -> Iterable[dict[str, Any]]:
    for path in [folder] if folder.is_file() else sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if half == "all" or (int(case["id"].rsplit("-", 1)[1]) % 2 == 1) == (half == "odd"):
                yield case


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("odd", "even", "all"), default="odd", help="odd: the half to develop on")
    parser.add_argument("--cases", type=Path, default=HERE / "cases", help="a folder of .jsonl files, or one such file")
    parser.add_argument("--sites", type=Path, default=HERE / "sites", help="a folder of <site>.json files")
    parser.add_argument("--quiet", action="store_true", help="only the rates")
    options = parser.parse_args()
    sites: dict[str, Site] = {}
    total: Counter[str] = Counter()
    for case in cases(options.cases, options.half):
        if case["site"] not in sites:
            sites[case["site"]] = Site(json.loads((options.sites / f"{case['site']}.json").read_text(encoding="utf-8")))
        asked, missed, spurious, read = judged(case, sites[case["site"]])
        total.update(cases=1, whole=not missed, wanted=len(asked), missed=len(missed), spurious=len(spurious))
        if (missed or spurious) and not options.quiet:
            print(f"{case['id']} {case['now']} {case['text']}\n    {read.prompt}")
            for want in missed:
                print(f"    MISS {want.slot} {' | '.join(want.options)}")
            for text in spurious:
                print(f"    SPURIOUS {text}")
    print(
        f"{total['cases']} cases, {total['whole']} with nothing missed; {total['missed']} of {total['wanted']} names and figures "
        f"missed, {total['spurious']} spurious marks"
    )


if __name__ == "__main__":
    main()
