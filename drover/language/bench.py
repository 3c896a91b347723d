"""`drover bench language`: a system's sentences against gold, with what they cost in time and memory.

The translation runs in this process, as the planner's worker would do it, so that what is measured is the translation and not
a network. Predictions that another system made elsewhere are scored by the same code (`scored`).
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from drover.language.form import Case
from drover.language.names import SiteNames
from drover.language.neutral import neutral, not_understood
from drover.language.progress import Progress
from drover.language.score import Verdict, judge, judge_all, read_cases, read_predictions, report
from drover.translate import DEADLINE_S, read_registry, translated
from fleet.contracts.errors import FleetError, InvalidInput, NotFound
from fleet.contracts.translate import Registry, TranslateReply, TranslateRequest
from llm_planner.models.backends import Backend, open_backend

#: The benchmark that comes with Drover.
HOME = Path(__file__).resolve().parents[2] / "benchmarks" / "language"
#: Confidence is shown in bins with these lower ends.
BINS = (0.0, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99)


class Half(StrEnum):
    """Cases with an odd number are for development: their errors may be looked at. The even ones are only scored."""

    DEV = "dev"
    HELD = "held"
    ALL = "all"


@dataclass(frozen=True)
class Answered:
    """One case's answer. `reply` None: it failed, and `said` says why; `first`: it paid for warming up."""

    case: Case
    said: dict[str, Any]
    verdict: Verdict
    seconds: float
    reply: TranslateReply | None = None
    first: bool = False


@dataclass
class Ran:
    """A run, as far as it got. `open_s`: seconds to load the model."""

    model: str
    threads: int
    open_s: float = 0.0
    answered: list[Answered] = field(default_factory=list)
    interrupted: bool = False

    def report(self) -> dict[str, Any]:
        """Scores as of `score.report`, with the system, its speed, and how far its confidence can be trusted."""
        adapter = next((a.reply.adapter for a in self.answered if a.reply and a.reply.adapter), "")
        return {
            "system": {"model": self.model, "adapter": adapter, "threads": self.threads, "interrupted": self.interrupted},
            **report([a.verdict for a in self.answered]),
            "failed": sum(a.reply is None for a in self.answered),
            "speed": speed(self.answered, self.open_s),
            "confidence": confidence(self.answered),
        }


def select(files: Sequence[Path], half: Half = Half.ALL, seed: int = 0, limit: int | None = None) -> list[Case]:
    """The cases of files and folders, in the seed's order. Raises InvalidInput, NotFound."""
    found = sorted(path for file in files for path in (file.glob("*.jsonl") if file.is_dir() else (file,)))
    if not found:
        raise NotFound(f"no .jsonl in {', '.join(map(str, files))}", field="--cases", fix="name case files, or a folder of them")
    cases = [case for case in read_cases(found) if half is Half.ALL or is_dev(case.id) == (half is Half.DEV)]
    if not cases:
        raise InvalidInput(f"no case in this half ({half})", field="--half", fix="use --half all")
    random.Random(seed).shuffle(cases)
    return cases[:limit]


def is_dev(ident: str) -> bool:
    """Whether the last number in the id is odd. Raises InvalidInput where there is none."""
    digits = re.search(r"(\d+)\D*$", ident)
    if digits is None:
        raise InvalidInput(f"id {ident!r} has no number", field="--half", fix="use --half all")
    return int(digits.group(1)) % 2 == 1


def read_sites(folder: Path, wanted: Iterable[str]) -> dict[str, Registry]:
    """Registries of a folder of JSON files, by site. Raises NotFound where one that is wanted is missing."""
    found = {registry.site: registry for registry in map(read_registry, sorted(folder.glob("*.json")))}
    for site in wanted:
        if site not in found:
            raise NotFound(f"no site {site!r} in {folder}", field="--sites", fix=f"add its registry as {site}.json")
    return found


def run(
    cases: Sequence[Case],
    sites: dict[str, Registry],
    model: str,
    cache: Path,
    *,
    threads: int = 1,
    progress: Progress | None = None,
    opener: Callable[[str, Path, int], Backend] = open_backend,
) -> Ran:
    """Every case once, in order. Ctrl-C ends it with what is done. Raises FleetError when the model cannot be loaded."""
    names = {site: SiteNames(registry) for site, registry in sites.items()}
    ran = Ran(model, threads)
    began = time.monotonic()
    try:
        backend = opener(model, cache, threads)
        ran.model, ran.open_s = backend.name, time.monotonic() - began
        exact = 0
        for case in cases:
            one = _answer(backend, case, sites[case.site], names[case.site], first=not ran.answered)
            ran.answered.append(one)
            exact += one.verdict.exact
            if progress is not None:
                progress.step(f"exact {exact}/{len(ran.answered)} = {exact / len(ran.answered):.1%}")
    except KeyboardInterrupt:
        ran.interrupted = True
    if progress is not None:
        progress.end()
    return ran


def scored(cases: Sequence[Case], sites: dict[str, Registry], predictions: Path) -> list[Answered]:
    """Predictions that were made elsewhere."""
    said = read_predictions(predictions)
    verdicts = judge_all(cases, {site: SiteNames(registry) for site, registry in sites.items()}, said)
    return [Answered(v.case, said.get(v.case.id, {}), v, 0.0) for v in verdicts]


def speed(answered: Sequence[Answered], open_s: float) -> dict[str, Any]:
    """Seconds and MB. Percentiles leave out the first sentence, which stands in `cold_start_s` with the loading."""
    times = sorted(a.seconds for a in answered if not a.first)
    written = [(a.reply.tokens, a.seconds) for a in answered if a.reply is not None and a.reply.tokens and not a.first]
    spent = sum(seconds for _, seconds in written)
    first = next((a.seconds for a in answered if a.first), 0.0)
    return {
        "p50_s": _percentile(times, 50),
        "p95_s": _percentile(times, 95),
        "max_s": _percentile(times, 100),
        "cold_start_s": round(open_s + first, 2),
        "load_s": round(open_s, 2),
        "first_sentence_s": round(first, 3),
        "tokens_per_s": round(sum(tokens for tokens, _ in written) / spent, 1) if spent else None,
        "tokens_per_sentence": round(sum(tokens for tokens, _ in written) / len(written), 1) if written else None,
        "peak_rss_mb": round(_peak_rss_mb()),
    }


def confidence(answered: Sequence[Answered]) -> dict[str, Any]:
    """By bin of confidence: how many, how sure on the average, and how many of them were exact.

    `error`: the expected calibration error, the mean distance between the two (Naeini et al. 2015). Only what came out as a
    plan, control or query counts: there confidence decides whether it is asked back.
    """
    sure = [a for a in answered if a.reply is not None and a.verdict.predicted in ("plan", "control", "query")]
    bins, error = [], 0.0
    for number, low in enumerate(BINS):
        high = BINS[number + 1] if number + 1 < len(BINS) else 1.01
        inside = [(a.reply.confidence, a.verdict.exact) for a in sure if a.reply and low <= a.reply.confidence < high]
        if inside:
            mean = sum(c for c, _ in inside) / len(inside)
            share = sum(exact for _, exact in inside) / len(inside)
            error += abs(mean - share) * len(inside) / len(sure)
            bins.append({"from": low, "n": len(inside), "confidence": round(mean, 3), "exact": round(share, 3)})
    return {"error": round(error, 4) if sure else None, "bins": bins}


def write_errors(answered: Iterable[Answered], file: Path) -> int:
    """The wrong cases, one JSON line each, with gold, prediction and what the model wrote; answers how many."""
    wrong = [a for a in answered if not a.verdict.exact]
    with file.open("w", encoding="utf-8") as out:
        for a in wrong:
            case = {name: getattr(a.case, name) for name in ("id", "site", "lang", "now", "tags", "text")}
            made = {"raw": a.reply.raw, "confidence": round(a.reply.confidence, 4)} if a.reply else {}
            out.write(json.dumps({**case, "gold": a.case.gold, "pred": a.said, **made}, ensure_ascii=False) + "\n")
    return len(wrong)


def write_predictions(answered: Iterable[Answered], file: Path) -> None:
    """One JSON line a case in the neutral form, in the order of their ids."""
    with file.open("w", encoding="utf-8") as out:
        for a in sorted(answered, key=lambda a: a.case.id):
            out.write(json.dumps(a.said, ensure_ascii=False) + "\n")


def _answer(backend: Backend, case: Case, registry: Registry, names: SiteNames, *, first: bool) -> Answered:
    began = time.monotonic()
    reply: TranslateReply | None = None
    try:
        reply = translated(
            backend, TranslateRequest(text=case.text, registry=registry, now=case.now, deadline_s=DEADLINE_S, batch=True)
        )
        said = neutral(case.id, reply.ir)
    except Exception as error:  # noqa: BLE001 - counted as failed; the other cases still are to be measured
        if not isinstance(error, FleetError):
            traceback.print_exc()
        said = not_understood(case.id, f"failed: {error}")
    return Answered(case, said, judge(case, names, said), time.monotonic() - began, reply, first)


def _percentile(times: Sequence[float], percent: int) -> float | None:
    """Of sorted times, the nearest rank."""
    return round(times[max(0, -(-len(times) * percent // 100) - 1)], 3) if times else None


def _peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
