"""Scripted backends for the planner's real worker process: quick, slow, or deadly, by what the sentence says."""

from __future__ import annotations

import os
import time
from pathlib import Path

from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.errors import DeadlineMissed
from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.models.weights import WeightsMissing


class Scripted:
    name = "scripted"

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        if request.text == "die":
            os._exit(3)
        if request.text == "hang":
            time.sleep(60)
        while request.text == "slow":
            if time.monotonic() > deadline_at:
                raise DeadlineMissed("not done in time")
            time.sleep(0.01)
        if request.text == "brief":
            time.sleep(0.4)
        return TranslateReply(ir=CommandIr(outcome=Outcome.CLARIFY, why=request.text), model=self.name)


def quick(model: str, cache_dir: Path, threads: int, remote_share: float) -> Scripted:
    return Scripted()


def late(model: str, cache_dir: Path, threads: int, remote_share: float) -> Scripted:
    time.sleep(2.0)
    return Scripted()


def missing(model: str, cache_dir: Path, threads: int, remote_share: float) -> Scripted:
    raise WeightsMissing("no weights here", fix="install them")
