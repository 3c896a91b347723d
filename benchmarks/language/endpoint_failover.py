"""Our model behind a real OpenAI-compatible server (`transformers serve`), which is killed in the middle of a sentence.

    pip install "transformers[serving]"
    python benchmarks/language/endpoint_failover.py --out failover.json

It merges the adapter into the weights, serves the folder, asks LIMIT sentences of the benchmark with `URL#FOLDER@tuned,embedded`,
kills the server while it computes sentence KILL_AT, and asks the rest. Written: score and speed before the kill, how long the
killed sentence took and who answered it, and who answered the others. The server decodes without our grammar.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from drover.language import bench
from drover.ports import require_free
from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.models.backends import REMOTE_SHARE, Backend, open_backend
from llm_planner.models.weights import adapter_dir, embedded_dir

HERE = Path(__file__).parent
#: The server has to load torch and the model, in seconds.
READY_WITHIN_S = 300.0
#: How long after a sentence was sent its server is killed, in seconds.
KILL_AFTER_S = 0.4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=str(Path(sys.executable).with_name("transformers")), help="the transformers command")
    parser.add_argument("--adapter", default="", help="folder of the adapter; default: the one of this checkout")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "drover")
    parser.add_argument("--port", type=int, default=18099)
    parser.add_argument("--threads", type=int, default=1, help="of the server and of the local model")
    parser.add_argument("--share", type=float, default=REMOTE_SHARE, help="the server's part of a sentence's time")
    parser.add_argument("--limit", type=int, default=15)
    parser.add_argument("--kill-at", type=int, default=12, help="number of the sentence, from 1")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    require_free(args.port, option="--port")
    with tempfile.TemporaryDirectory() as folder:
        merged = Path(folder) / "drover"
        merge(embedded_dir(args.cache), adapter_dir(args.adapter), merged)
        server = start(args.server, merged, args.port, args.threads)
        try:
            result = measure(server, merged, args)
        finally:
            server.kill()
            server.wait()
    args.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({key: value for key, value in result.items() if key != "sentences"}, indent=1, ensure_ascii=False))
    return 0


def merge(weights: Path, adapter: Path, target: Path) -> None:
    """A transformers folder with the adapter worked in, as any server can load it."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model: Any = AutoModelForCausalLM.from_pretrained(str(weights))
    model = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
    model.save_pretrained(target)
    AutoTokenizer.from_pretrained(str(weights)).save_pretrained(target)


def start(command: str, merged: Path, port: int, threads: int) -> subprocess.Popen[bytes]:
    """The server, ready. Raises RuntimeError when it ends or is not ready in time."""
    argv = [command, "serve", str(merged), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    process = subprocess.Popen(argv, env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": str(threads)})
    began = time.monotonic()
    while time.monotonic() - began < READY_WITHIN_S and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=2, trust_env=False).status_code == 200:
                return process
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    process.kill()
    raise RuntimeError("the server did not come up: is transformers[serving] installed?")


class Killing:
    """A Backend whose first model's server is killed during one of its sentences."""

    def __init__(self, inner: Backend, server: subprocess.Popen[bytes], kill_at: int) -> None:
        self._inner, self._server, self._kill_at = inner, server, kill_at
        self._asked = 0

    @property
    def name(self) -> str:
        return self._inner.name

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        self._asked += 1
        if self._asked == self._kill_at:
            threading.Timer(KILL_AFTER_S, self._server.kill).start()
        return self._inner.translate(request, deadline_at=deadline_at)


def measure(server: subprocess.Popen[bytes], merged: Path, args: argparse.Namespace) -> dict[str, Any]:
    """The report; `sentences` has every one."""
    local = f"embedded@{args.adapter}" if args.adapter else "embedded"
    model = f"http://127.0.0.1:{args.port}/v1#{merged}@tuned,{local}"
    cases = bench.select([HERE / "cases"], bench.Half.DEV, seed=7, limit=args.limit)
    sites = bench.read_sites(HERE / "sites", {case.site for case in cases})
    ran = bench.run(
        cases,
        sites,
        model,
        args.cache,
        threads=args.threads,
        opener=lambda spec, cache, threads: Killing(open_backend(spec, cache, threads, args.share), server, args.kill_at),
    )
    rows = [
        {
            "id": one.case.id,
            "text": one.case.text,
            "model": one.reply.model.replace(str(merged), "drover") if one.reply else "failed",
            "raw": one.reply.raw if one.reply else "",
            "exact": one.verdict.exact,
            "seconds": round(one.seconds, 3),
        }
        for one in ran.answered
    ]
    before, killed, after = rows[: args.kill_at - 1], rows[args.kill_at - 1], rows[args.kill_at :]
    return {
        "before": summary(before),
        "killed": killed,
        "after": summary(after),
        "unanswered": sum(row["model"] == "failed" for row in rows),
        "sentences": rows,
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    times = [row["seconds"] for row in rows]
    return {
        "sentences": len(rows),
        "exact": sum(row["exact"] for row in rows),
        "by_server": sum("http" in row["model"] and "(after" not in row["model"] for row in rows),
        "p50_s": round(statistics.median(times), 2) if times else None,
        "max_s": max(times, default=None),
    }


if __name__ == "__main__":
    sys.exit(main())
