"""`python -m llm_planner.training.train --out DIR --minutes M --seed S`: the LoRA adapter, from the phrase banks alone.

Resumable: the folder holds the last checkpoint (adapter, optimiser, how many pairs were seen, the time spent), and the same
command goes on from there. The pairs come from a seeded stream; the learning rate follows the share of the time budget that
is spent, so a machine of any speed anneals. Loss is taken on the skeleton only, and the output layer computed only there.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer

from llm_planner.models.weights import GGUF_SHA256, embedded_dir
from llm_planner.training import data
from llm_planner.training.encode import Sample, encode

#: Pairs drawn at once and sorted by length, so that a batch is of like lengths.
POOL = 512
BATCH_TOKENS = 560
CHECKPOINT_S = 240.0
WARMUP_STEPS = 40


def main() -> None:
    """Parses the command line and trains."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints; an existing run goes on")
    parser.add_argument("--minutes", type=float, default=100.0, help="time to spend in all, over all resumptions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-3, help="peak learning rate")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2, help="processes of one thread each, which average their gradients")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "drover" / "models")
    args = parser.parse_args()
    if args.workers == 1:
        _work(0, args)
        return
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", str(_free_port()))
    torch.multiprocessing.spawn(_work, args=(args,), nprocs=args.workers)  # type: ignore[attr-defined,no-untyped-call]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _work(rank: int, args: argparse.Namespace) -> None:
    """One worker: a single thread, since two OpenMP threads wait for each other more than they compute."""
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    if args.workers > 1:
        torch.distributed.init_process_group("gloo", rank=rank, world_size=args.workers)
    Trainer(args, rank).run()


class Trainer:
    """One training run; `run` returns when the budget is spent or SIGTERM comes."""

    def __init__(self, args: argparse.Namespace, rank: int = 0) -> None:
        self._args, self._rank = args, rank
        self._out: Path = args.out
        self._out.mkdir(parents=True, exist_ok=True)
        folder = str(embedded_dir(args.cache))
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        base: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        self._seen, self._spent_s, self._steps, self._epoch = 0, 0.0, 0, 0
        state_file = self._out / "state.pt"
        if state_file.is_file():
            self._model: Any = PeftModel.from_pretrained(base, str(self._out / "adapter"), is_trainable=True)
        else:
            config = LoraConfig(
                r=args.rank, lora_alpha=2 * args.rank, target_modules="all-linear", lora_dropout=0.0, task_type="CAUSAL_LM"
            )
            self._model = get_peft_model(base, config)
        self._parameters = [p for p in self._model.parameters() if p.requires_grad]
        self._optimiser = torch.optim.AdamW(self._parameters, lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01)
        if state_file.is_file():
            state = torch.load(state_file, weights_only=True)
            self._optimiser.load_state_dict(state["optimiser"])
            self._seen, self._spent_s = state["seen"], state["spent_s"]
            self._steps, self._epoch = state["steps"], state["epoch"] + 1
        self._stopped = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "_stopped", True))
        signal.signal(signal.SIGINT, lambda *_: setattr(self, "_stopped", True))
        began = saved = time.monotonic()
        spent_before = self._spent_s
        losses: list[float] = []
        tokens = 0
        for batch in self._batches():
            share, stop = self._agreed(self._spent_s / (self._args.minutes * 60), self._stopped)
            if share >= 1.0 or stop:
                break
            losses.append(self._step(batch, share))
            self._steps += 1
            self._seen += len(batch) * self._args.workers
            tokens += sum(len(sample.tokens) for sample in batch)
            self._spent_s = spent_before + time.monotonic() - began
            if self._steps % 25 == 0 and self._rank == 0:
                self._log(losses[-25:], tokens, time.monotonic() - began)
            if time.monotonic() - saved > CHECKPOINT_S:
                if self._rank == 0:
                    self.save()
                saved = time.monotonic()
        if self._rank == 0:
            self.save()

    def _agreed(self, share: float, stopped: bool) -> tuple[float, bool]:
        """The first worker's share of the time spent, and whether any was told to stop: all must end at the same step."""
        if self._args.workers == 1:
            return share, stopped
        told = torch.tensor([share if self._rank == 0 else 0.0, float(stopped)], dtype=torch.float64)
        torch.distributed.all_reduce(told)
        return float(told[0]), bool(told[1] > 0)

    def _average_gradients(self) -> None:
        if self._args.workers == 1:
            return
        flat = torch.cat([p.grad.reshape(-1) for p in self._parameters if p.grad is not None])
        torch.distributed.all_reduce(flat)
        flat /= self._args.workers
        at = 0
        for p in self._parameters:
            if p.grad is not None:
                p.grad.copy_(flat[at : at + p.grad.numel()].view_as(p.grad))
                at += p.grad.numel()

    def _step(self, batch: list[Sample], share: float) -> float:
        width = max(len(sample.tokens) for sample in batch)
        ids = torch.zeros((len(batch), width), dtype=torch.long)
        mask = torch.zeros((len(batch), width), dtype=torch.long)
        answers = torch.zeros((len(batch), width), dtype=torch.bool)
        for row, sample in enumerate(batch):
            ids[row, : len(sample.tokens)] = torch.tensor(sample.tokens)
            mask[row, : len(sample.tokens)] = 1
            answers[row, sample.answer_at : len(sample.tokens)] = True
        base = self._model.get_base_model()
        hidden = base.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        wanted = answers[:, 1:]
        logits = base.lm_head(hidden[:, :-1][wanted])
        loss = cross_entropy(logits, ids[:, 1:][wanted])
        rate = (
            self._args.rate
            * min(1.0, (self._steps + 1) / WARMUP_STEPS)
            * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))
        )
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        loss.backward()  # type: ignore[no-untyped-call]
        self._average_gradients()
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return float(loss.detach())

    def _batches(self) -> Iterator[list[Sample]]:
        """Endless. A resumed run draws from a fresh stream of its own seed rather than replaying the old one."""
        stream = data.pairs((self._args.seed * 1000 + self._epoch) * 10 + self._rank)
        rng = random.Random((self._args.seed * 7919 + self._epoch) * 10 + self._rank)
        while True:
            pool = sorted((encode(self._tokenizer, next(stream)) for _ in range(POOL)), key=lambda s: len(s.tokens))
            batches: list[list[Sample]] = [[]]
            for sample in pool:
                if batches[-1] and (len(batches[-1]) + 1) * len(sample.tokens) > BATCH_TOKENS:
                    batches.append([])
                batches[-1].append(sample)
            rng.shuffle(batches)
            yield from batches

    def _log(self, losses: list[float], tokens: int, seconds: float) -> None:
        line = {
            "steps": self._steps,
            "pairs": self._seen,
            "minutes": round(self._spent_s / 60, 1),
            "loss": round(sum(losses) / len(losses), 4),
            "tokens_per_s": round(tokens / seconds, 1),
        }
        with (self._out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def save(self) -> None:
        """The checkpoint, complete before it replaces the one before."""
        self._model.save_pretrained(str(self._out / "adapter"))
        state = {
            "optimiser": self._optimiser.state_dict(),
            "seen": self._seen,
            "spent_s": self._spent_s,
            "steps": self._steps,
            "epoch": self._epoch,
        }
        torch.save(state, self._out / "state.pt.new")
        os.replace(self._out / "state.pt.new", self._out / "state.pt")
        card = {
            "pairs": self._seen,
            "minutes": round(self._spent_s / 60, 1),
            "seed": self._args.seed,
            "generator_version": data.VERSION,
            "base_sha256": GGUF_SHA256,
            "rank": self._args.rank,
        }
        (self._out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
