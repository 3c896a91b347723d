"""What a sentence was understood as, for people: which words became what, the skeleton, how sure, and the command in words."""

from __future__ import annotations

from fleet.contracts.command_ir import Outcome
from fleet.contracts.translate import TranslateReply, Understood
from fleet.tasks.readback import title

#: Words of a sentence are cut to this width in the table.
_WORDS_MAX = 32


def explain(reply: TranslateReply, seconds: float) -> str:
    """Several lines, the sentence first. `seconds`: how long it took."""
    lines = [f"{reply.text}   ({reply.language})"]
    rows = [_row(reply.text, word) for word in reply.understood]
    widths = [max((len(row[k]) for row in rows), default=0) for k in range(4)]
    lines += ["    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    ir = reply.ir
    said = ir.why if ir.outcome in (Outcome.CLARIFY, Outcome.REJECT) else title(ir)
    lines.append(f"  skeleton    {reply.raw or '(none: decided without the model)'}")
    lines.append(f"  {ir.outcome.value:<11} {said}")
    if reply.choices:
        lines.append(f"  choices     {' | '.join(reply.choices)}")
    adapter = f", adapter {reply.adapter[:12]}" if reply.adapter else ""
    lines.append(f"  confidence  {reply.confidence:.2f}   {reply.model}{adapter}; {reply.tokens} tokens in {seconds:.2f} s")
    return "\n".join(lines)


def _row(text: str, word: Understood) -> tuple[str, str, str, str]:
    shown = text[word.start : word.end]
    shown = shown if len(shown) <= _WORDS_MAX else shown[: _WORDS_MAX - 1] + "…"
    means = ", ".join(word.means) + ("  (a guess at the spelling)" if word.fuzzy else "")
    return shown, word.kind, means, ", ".join(word.slots) or "(not used)"
