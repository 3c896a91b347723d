"""Clock times, durations, speeds and counting words of a sentence, in five languages, read by rule and never by the model.

What they are for (a deadline, a pause, a repetition) is the model's to say; what they amount to is arithmetic.
"""

from __future__ import annotations

from llm_planner.core.clocks import CLOCKS
from llm_planner.core.durations import COUNTS, DURATIONS, SPEEDS
from llm_planner.core.figures import Figure, clock_minutes, clock_text, number_text
from llm_planner.core.tokens import Token

#: In this order: of two rules that read the same words, the first counts.
_RULES = (*CLOCKS, *DURATIONS, *SPEEDS, *COUNTS)


def find_figures(tokens: tuple[Token, ...], now: str) -> tuple[Figure, ...]:
    """Every figure but plain counts, in reading order; where two rules match the same words the longer wins.

    `now`: the site's clock "HH:MM", which tells what "by three" means. A time without am or pm is the next such time.
    """
    line, offsets = _joined(tokens)
    found: list[tuple[int, int, int, str]] = []
    for number, rule in enumerate(_RULES):
        for match in rule.pattern.finditer(line):
            value = rule.read(match, now)
            if value is not None:
                start, end = match.span("it") if "it" in rule.pattern.groupindex else match.span()
                found.append((start, end, number, value))
    figures: list[Figure] = []
    taken: set[int] = set()
    for start, end, number, value in sorted(found, key=lambda row: (row[0] - row[1], row[0], row[2])):
        first, last = offsets[start], offsets[end - 1]
        span = set(range(first, last + 1))
        if not span & taken:
            taken |= span
            rule = _RULES[number]
            figures.append(Figure(rule.letter, value, first, last + 1, rule.before, rule.word))
    return tuple(sorted(figures, key=lambda figure: figure.start))


def _joined(tokens: tuple[Token, ...]) -> tuple[str, list[int]]:
    """Normalised tokens, "_" between those that touch and " " between the others; for each character its token."""
    parts: list[str] = []
    offsets: list[int] = []
    for index, token in enumerate(tokens):
        touching = index + 1 < len(tokens) and tokens[index + 1].start == token.end
        shown = token.text if token.text.isascii() and token.text.isdigit() else token.norm  # "0730" keeps its zero
        piece = shown + ("_" if touching else " ")
        parts.append(piece)
        offsets.extend([index] * len(piece))
    return "".join(parts)[:-1], offsets


__all__ = ["Figure", "clock_minutes", "clock_text", "find_figures", "number_text"]
