"""Several models behind each other: a big one somewhere, a small one here, and an answer within the deadline either way.

`https://host/v1#qwen,embedded`: each model but the last gets a share of the time that is left; when it is late, gone, in
trouble, or answers what is no command, the next one answers in the rest. The reply says who answered, and why not the first.
A server that failed is left alone for a while (`Breaker`), so that a dead one does not cost every sentence its share.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import msgspec

from fleet.contracts.errors import DeadlineMissed, FleetError, QueueFull, RemoteFault, Transient
from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.models.backends import Backend

log = logging.getLogger(__name__)

#: Between the models of one configuration.
SEPARATOR = ","
#: How long a failed model is left alone after so many failures in a row, in seconds; the last one repeats.
PAUSES_S = (5.0, 15.0, 60.0)
#: Answers that are no commands, in a row, before a model is left alone for them: one may be the sentence's fault.
UNUSABLE_MAX = 3


class Breaker:
    """Whether to ask a model now. Pure: `now` is any clock in seconds."""

    def __init__(self) -> None:
        self._failures = 0
        self._unusable = 0
        self._until = float("-inf")

    def open_s(self, now: float) -> float:
        """Seconds for which it is still left alone; 0: ask it."""
        return max(0.0, self._until - now)

    def worked(self) -> None:
        self._failures = self._unusable = 0

    def failed(self, error: FleetError, now: float) -> None:
        if isinstance(error, RemoteFault):
            self._unusable += 1
            if self._unusable < UNUSABLE_MAX:
                return
        self._until = now + PAUSES_S[min(self._failures, len(PAUSES_S) - 1)]
        self._failures += 1


class TieredBackend:
    """A Backend of several, the preferred one first."""

    def __init__(self, tiers: Sequence[Backend], *, share: float) -> None:
        """`share`: of the time left, above 0 and below 1."""
        assert tiers
        assert 0.0 < share < 1.0, share
        self._tiers = tuple((tier, Breaker()) for tier in tiers)
        self._share = share

    @property
    def name(self) -> str:
        return ", then ".join(tier.name for tier, _ in self._tiers)

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        """Raises InvalidInput, and what the last model raises."""
        began = time.monotonic()
        passed: list[str] = []
        for tier, breaker in self._tiers[:-1]:
            now = time.monotonic()
            if wait_s := breaker.open_s(now):
                passed.append(f"{tier.name}: left alone for {wait_s:.0f} s")
                continue
            try:
                reply = tier.translate(request, deadline_at=now + self._share * (deadline_at - now))
            except (Transient, RemoteFault) as error:
                breaker.failed(error, time.monotonic())
                log.warning("%s: %s", tier.name, error)
                passed.append(f"{tier.name}: {why(error)}")
                continue
            breaker.worked()
            return _told(reply, passed, began)
        reply = self._tiers[-1][0].translate(request, deadline_at=deadline_at)
        return _told(reply, passed, began)


def _told(reply: TranslateReply, passed: list[str], began: float) -> TranslateReply:
    model = f"{reply.model} (after {'; '.join(passed)})" if passed else reply.model
    return msgspec.structs.replace(reply, model=model, translate_s=time.monotonic() - began)


def why(error: FleetError) -> str:
    """One or two words for the reply's `model`; the log has the rest."""
    for kind, words in ((DeadlineMissed, "late"), (QueueFull, "busy"), (Transient, "away"), (RemoteFault, "unusable answer")):
        if isinstance(error, kind):
            return words
    return error.code
