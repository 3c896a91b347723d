"""The bench's report for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Tags of fewer cases than this say nothing and are left out of the table (not of the JSON).
TAG_CASES_MIN = 5


def shown(report: Mapping[str, Any]) -> str:
    """As a text of some forty lines."""
    return "\n".join((*_head(report), *_groups(report), *_confusion(report), *_cost(report)))


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    slots, reject = report["slot_f1"], report["unsafe_acceptance_reject_only"]
    yield _line("exact match", report["overall"])
    yield _line("outcome accuracy", report["outcome_accuracy"])
    yield f"{'task slot F1':<20} {100 * slots['f1']:17.1f} %   precision {slots['precision']}, recall {slots['recall']}"
    yield _line("unsafe acceptance", report["unsafe_acceptance"])
    yield _line("  of reject cases", reject)
    yield _line("over-refusal", report["over_refusal"])
    if report["missing"] or report["malformed"]:
        yield f"{'missing, malformed':<20} {report['missing']}, {report['malformed']}"


def _groups(report: Mapping[str, Any]) -> Iterator[str]:
    for name in ("outcome", "lang", "site", "tag"):
        yield ""
        yield f"by {name}"
        for group, rate in report[f"by_{name}"].items():
            if name != "tag" or rate["n"] >= TAG_CASES_MIN:
                yield _line(f"  {group}", rate)


def _confusion(report: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "gold -> said"
    for gold, counts in report["confusion"].items():
        yield f"  {gold:<18} " + "  ".join(f"{said} {count}" for said, count in counts.items())


def _cost(report: Mapping[str, Any]) -> Iterator[str]:
    if "speed" not in report:
        return
    speed, system = report["speed"], report["system"]
    yield ""
    adapter = f", adapter {system['adapter'][:12]}" if system["adapter"] else ""
    yield f"{system['model']}{adapter}, {system['threads']} threads" + (", interrupted" if system["interrupted"] else "")
    yield f"latency              p50 {_s(speed['p50_s'])}, p95 {_s(speed['p95_s'])}, max {_s(speed['max_s'])}"
    yield f"tokens               {speed['tokens_per_s']} a second, {speed['tokens_per_sentence']} a sentence"
    parts = f"loading {speed['load_s']} s, first sentence {speed['first_sentence_s']} s"
    yield f"cold start           {speed['cold_start_s']} s: {parts}"
    yield f"peak memory          {speed['peak_rss_mb']} MB resident"
    yield f"confidence           calibration error {report['confidence']['error']}; failed sentences {report['failed']}"


def _line(name: str, rate: Mapping[str, Any]) -> str:
    if rate["rate"] is None:
        return f"{name:<20} {'-':>9}"
    low, high = rate["ci95"]
    return f"{name:<20} {rate['k']:4d}/{rate['n']:<4d} {100 * rate['rate']:7.1f} %   ({100 * low:.1f} to {100 * high:.1f})"


def _s(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f} s"
