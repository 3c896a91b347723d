"""`drover bench language`: how well, how fast and in how much memory sentences become commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from drover.cli.exits import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE
from drover.cli.output import Output, OutputOption, dump
from drover.datadir import DEFAULT_ROOT
from fleet.contracts.errors import FleetError

if TYPE_CHECKING:
    from drover.language.bench import Answered

Cases = Annotated[
    list[Path] | None,
    typer.Option(
        "--cases", help="Case file, or a folder of them; again for more. Default: benchmarks/language.", show_default=False
    ),
]
Sites = Annotated[
    Path | None,
    typer.Option("--sites", help="Folder with the sites' registries. Default: benchmarks/language/sites.", show_default=False),
]
HalfOption = Annotated[str, typer.Option("--half", help="dev (odd ids), held (even ids) or all.")]
ModelOption = Annotated[
    str,
    typer.Option("--model", help="embedded, embedded@ADAPTER_FOLDER, a transformers model, or an OpenAI-compatible URL."),
]
ScoreOption = Annotated[
    Path | None, typer.Option("--score", help="Run no model: score these predictions (JSONL).", show_default=False)
]
PredictionsOption = Annotated[Path | None, typer.Option("--predictions", help="Write every prediction here.", show_default=False)]
ErrorsOption = Annotated[
    Path | None, typer.Option("--errors", help="Write the wrong cases here: gold, prediction, skeleton.", show_default=False)
]


def language(
    cases: Cases = None,
    sites: Sites = None,
    model: ModelOption = "embedded",
    half: HalfOption = "all",
    output: OutputOption = Output.TABLE,
    errors: ErrorsOption = None,
    predictions: PredictionsOption = None,
    score: ScoreOption = None,
    seed: Annotated[int, typer.Option("--seed", help="Order of the sentences.")] = 0,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only the first N of that order.", show_default=False)
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, max=64, help="Processor threads for the model.")] = 1,
    cache: Annotated[Path, typer.Option(help="Where the model's converted weights are kept.")] = DEFAULT_ROOT / "planner",
) -> None:
    """Score a language system on hand-written sentences: exact match, slot F1, unsafe acceptance, over-refusal, latency, memory.

    Needs no running system. Ctrl-C ends it with a report on what was done. Form and rules: benchmarks/language/README.md.

    [bold]Examples[/bold]

        drover bench language                                     the embedded model on the shipped benchmark
        drover bench language --half dev --errors wrong.jsonl     errors that you may look at
        drover bench language --model http://127.0.0.1:8000/v1#qwen --half held -o json
        drover bench language --score predictions.jsonl           another system's answers
        drover bench language --cases mine.jsonl --sites sites/   your own sentences and sites
    """
    from drover.language import bench
    from drover.language.progress import Progress
    from drover.language.score import report
    from drover.language.show import shown

    try:
        chosen = bench.select(cases or [bench.HOME / "cases"], _half(half), seed, limit)
        registries = bench.read_sites(sites or bench.HOME / "sites", {case.site for case in chosen})
        if score is not None:
            answered = bench.scored(chosen, registries, score)
            figures: dict[str, Any] = report([a.verdict for a in answered])
        else:
            ran = bench.run(chosen, registries, model, cache, threads=threads, progress=Progress(len(chosen)))
            answered, figures = ran.answered, ran.report()
    except FleetError as error:
        print(f"drover bench language: {error}", file=sys.stderr)
        raise typer.Exit(EXIT_USAGE) from None
    _write(answered, errors, predictions)
    if output is Output.TABLE:
        print(shown(figures))
    else:
        dump(figures, output)
    raise typer.Exit(EXIT_DONE if len(answered) == len(chosen) else EXIT_REFUSED)


def _half(text: str) -> Any:
    from drover.language.bench import Half

    if text not in list(Half):
        raise typer.BadParameter("use dev, held or all", param_hint="--half")
    return Half(text)


def _write(answered: list[Answered], errors: Path | None, predictions: Path | None) -> None:
    from drover.language.bench import write_errors, write_predictions

    try:
        if predictions is not None:
            write_predictions(answered, predictions)
        if errors is not None:
            print(f"{write_errors(answered, errors)} wrong cases in {errors}", file=sys.stderr)
    except OSError as error:  # the figures still are worth their minutes
        print(f"drover bench language: {error.filename}: {error.strerror}", file=sys.stderr)
