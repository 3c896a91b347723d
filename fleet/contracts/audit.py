"""The audit of language: what was said, what was made of it, by which model, and who let it happen."""

from __future__ import annotations

import msgspec

from fleet.contracts.command_ir import CommandIr
from fleet.contracts.commands import Command, CommandState


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a command's life, as it was when it was taken; entries are added and never changed.

    `number`: rises by one with each entry (given by the store); `at`: Unix seconds; `by`: who took the step, "" for the cloud
    itself; `said_by`: whose sentence it is; `raw`: what the model wrote; `adapter`: sha256 of its adapter; `rule`: the part of
    the LanguagePolicy that refused it or raised its risk; `confirmations`: who had confirmed by then.
    """

    number: int = 0
    at: float
    command: str
    site: str
    state: CommandState
    by: str = ""
    said_by: str = ""
    text: str
    language: str = ""
    model: str = ""
    adapter: str = ""
    raw: str = ""
    confidence: float = 0.0
    outcome: str = ""
    ir: CommandIr | None = None
    title: str = ""
    question: str = ""
    reason: str = ""
    risk: str = ""
    rule: str = ""
    confirmations: tuple[str, ...] = ()
    mission: str = ""


def entry_of(command: Command, *, at: float, by: str) -> AuditEntry:
    """The command as it is now, as one entry."""
    return AuditEntry(
        at=at,
        command=command.id,
        site=command.site,
        state=command.state,
        by=by,
        said_by=command.created_by,
        text=command.text,
        language=command.language,
        model=command.model,
        adapter=command.adapter,
        raw=command.raw,
        confidence=command.confidence,
        outcome=command.ir.outcome.value if command.ir is not None else "",
        ir=command.ir,
        title=command.title,
        question=command.question,
        reason=command.reason,
        risk=command.plan.risk.value if command.plan is not None else "",
        rule=command.rule,
        confirmations=command.confirmations,
        mission=command.mission,
    )
