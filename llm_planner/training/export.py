"""`python -m llm_planner.training.export RUN`: a finished run's adapter into the repository, in bfloat16, with its card.

bfloat16 halves the file; the planner adds it to fp32 weights. The card holds what the run knows about itself; what was
measured stands in `benchmarks/language/README.md`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from llm_planner.models.weights import ADAPTER_NAME, adapter_sha256
from llm_planner.training import data
from llm_planner.training.bank import LANGUAGES, load

TARGET = Path(__file__).parent.parent / "adapter"


def main() -> None:
    """Writes adapter, configuration and card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="a folder that the training has written")
    args = parser.parse_args()
    TARGET.mkdir(exist_ok=True)
    source = args.run / "adapter"
    tensors = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in load_file(str(source / ADAPTER_NAME)).items()}
    save_file(tensors, str(TARGET / ADAPTER_NAME), metadata={"format": "pt"})
    config = json.loads((source / "adapter_config.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = "SmolLM2-135M-Instruct"
    (TARGET / "adapter_config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    run = json.loads((args.run / "card.json").read_text(encoding="utf-8"))
    lines = {language: sum(map(len, load(language).entries.values())) for language in LANGUAGES}
    card = {**run, "generator_version": data.VERSION, "bank_lines": lines, "sha256": adapter_sha256(TARGET)}
    (TARGET / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card))


if __name__ == "__main__":
    main()
