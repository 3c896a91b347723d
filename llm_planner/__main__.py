"""`python -m llm_planner`: arguments only; the rest is app.run."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from llm_planner.app import run
from llm_planner.config import PlannerConfig


def main() -> int:
    default_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "drover"
    parser = argparse.ArgumentParser(prog="llm_planner", description="Serve the language planner.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--model", default="embedded", help="embedded, a transformers folder or id, a URL; or several")
    parser.add_argument("--cache", type=Path, default=default_cache)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    token = os.environ.get("DROVER_TOKEN", "")
    return run(
        PlannerConfig(cache_dir=args.cache, host=args.host, port=args.port, model=args.model, threads=args.threads, token=token)
    )


if __name__ == "__main__":
    sys.exit(main())
