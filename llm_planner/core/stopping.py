"""A stop word is answered without a model, whoever asks. Cloud and edge node act on it before they would ask at all."""

from __future__ import annotations

from fleet.contracts.command_ir import CommandIr, ControlAction, ControlIr, Outcome
from fleet.contracts.translate import SENTENCE_CHARS_MAX, TranslateReply
from fleet.tasks.stop_words import is_stop

#: Who answered, as the reply says it.
MODEL = "stop words"


def stop_reply(text: str) -> TranslateReply | None:
    """The emergency stop of all robots where the sentence means that, else None."""
    if not is_stop(text):
        return None
    ir = CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=ControlAction.EMERGENCY_STOP, targets=("all",)))
    return TranslateReply(ir=ir, model=MODEL, confidence=1.0, text=" ".join(text.split())[:SENTENCE_CHARS_MAX])
