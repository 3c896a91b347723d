"""What an operator corrects in a command that was understood wrongly, and the training example that is kept of it."""

from __future__ import annotations

import msgspec

from fleet.contracts.command_ir import CommandIr

#: Slots that one correction may change: a robot that was said once may do many tasks.
SLOTS_MAX = 100


class _Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class NewCorrection(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /api/v1/commands/{id}/correct, on a command that waits for its confirmation.

    `slot`: "t1.to", "control.targets", ..., as `Understood.slots` names them; `also`: further slots that the same word filled.
    `value`: a name of the registry, a number, minutes, or a time "HH:MM". `was`: what the slot holds now; needed where it
    holds several, and else a guard against correcting something that has changed meanwhile.
    """

    slot: str
    value: str
    was: str = ""
    also: tuple[str, ...] = ()


class Correction(_Value, frozen=True, kw_only=True):
    """One line of `corrections.jsonl`: the sentence, what it was taken for, and what the operator meant.

    `at`: Unix seconds; `now`: the site's clock "HH:MM" when the sentence was said; `registry`: sha256 of the registry that the
    names are of (kept beside it); `model`, `adapter`: who had translated it.
    """

    at: float
    by: str
    command: str
    text: str
    now: str
    language: str
    site: str
    registry: str
    model: str
    adapter: str
    slot: str
    value: str
    was: str = ""
    also: tuple[str, ...] = ()
    ir_before: CommandIr
    ir_after: CommandIr
