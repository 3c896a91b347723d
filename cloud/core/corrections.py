"""A slot that the operator corrects in a plan on show: the command as it was meant, and the example that is kept of it."""

from __future__ import annotations

import hashlib

import msgspec

from cloud.core.commands import move
from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr
from fleet.contracts.commands import Command, CommandState
from fleet.contracts.corrections import SLOTS_MAX, Correction, NewCorrection
from fleet.contracts.errors import Conflict, InvalidInput
from fleet.contracts.translate import Registry, Understood
from fleet.tasks import slots
from fleet.tasks.site import Site

#: Longest name or number that an operator may put in, in characters.
VALUE_CHARS_MAX = 200


def corrected(command: Command, wanted: NewCorrection, site: Site) -> CommandIr:
    """The command's IR with the value in the slot (and in `also`), names canonical, not yet validated as a whole.

    Raises Conflict (not waiting for a confirmation, or `was` is past), NotFound, InvalidInput, each naming the field.
    """
    if command.state is not CommandState.PLANNED or command.ir is None:
        raise Conflict(
            f"command {command.id} is {command.state}",
            field="state",
            fix="only a plan that waits for its confirmation is corrected",
        )
    if len(wanted.also) > SLOTS_MAX:
        raise InvalidInput(f"{len(wanted.also)} slots", field="also", fix=f"give at most {SLOTS_MAX}")
    if len(wanted.value) > VALUE_CHARS_MAX or not wanted.value.isprintable():
        raise InvalidInput("too long, or not printable", field="value", fix=f"plain text, at most {VALUE_CHARS_MAX} characters")
    ir = command.ir
    for i, address in enumerate(dict.fromkeys((wanted.slot, *wanted.also))):
        slot = slots.find(ir, address, field="also" if i else "slot")
        ir = slots.put(ir, slot, wanted.value, site, was=wanted.was)
    if ir == command.ir:
        raise InvalidInput(f"it is {wanted.value} already", field="value", fix="give another value, or confirm the plan")
    return ir


def with_ir(command: Command, ir: CommandIr, wanted: NewCorrection) -> Command:
    """The command, still planned, with its words meaning what the operator said. Its plan is the caller's to make anew."""
    assert command.ir is not None
    changed = {wanted.slot, *wanted.also}
    slot = slots.find(ir, wanted.slot)
    before = slots.held(command.ir, slot)
    new = [value for value in slots.held(ir, slot) if value not in before]
    means = new[0] if len(new) == 1 else wanted.value.strip()  # the canonical spelling; an area stands as its places
    words = tuple(_meaning(word, changed, wanted.was, means) for word in command.understood)
    return move(command, CommandState.PLANNED, ir=ir, understood=words)


def _meaning(word: Understood, changed: set[str], was: str, means: str) -> Understood:
    if not changed & set(word.slots) or (was and was not in word.means):
        return word
    return msgspec.structs.replace(word, means=(means,), fuzzy=False)


def example(
    before: Command, after: Command, wanted: NewCorrection, registry: Registry, *, at: float, by: str, now: str
) -> Correction:
    """`now`: the site's clock "HH:MM" when the sentence was said."""
    assert before.ir is not None
    assert after.ir is not None
    return Correction(
        at=at,
        by=by,
        command=before.id,
        text=before.text,
        now=now,
        language=before.language,
        site=before.site,
        registry=registry_hash(registry),
        model=before.model,
        adapter=before.adapter,
        slot=wanted.slot,
        value=wanted.value,
        was=wanted.was,
        also=wanted.also,
        ir_before=before.ir,
        ir_after=after.ir,
    )


def registry_hash(registry: Registry) -> str:
    """sha256 of the registry as the planner gets it, in hexadecimal digits."""
    return hashlib.sha256(codec.encode(registry)).hexdigest()
