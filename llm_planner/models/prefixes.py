"""The prompt's part that only depends on the registry: its attention cache, kept in memory and on disk.

Computing it takes seconds (hundreds of tokens), reading it back a few milliseconds, so that the first sentence after a
restart is as quick as any other. Files are written whole before they get their name; a broken one is computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import DynamicCache

log = logging.getLogger(__name__)

#: Prefixes in memory and on disk (one a registry); each is about 46 KB a token, 30 MB in all.
MEMORY_MAX = 2
DISK_MAX = 4


class Prefixes:
    """Attention caches by prompt tokens. `model_stamp` tells models apart that share a directory."""

    def __init__(self, folder: Path | None, model_stamp: str) -> None:
        self._folder = folder
        self._stamp = model_stamp
        self._memory: OrderedDict[tuple[int, ...], Any] = OrderedDict()

    def new(self) -> Any:
        return DynamicCache()

    def get(self, tokens: list[int]) -> Any | None:
        """The kept cache for exactly these tokens, or None."""
        key = tuple(tokens)
        if key not in self._memory:
            loaded = self._load(tokens)
            if loaded is None:
                return None
            self._remember(key, loaded)
        self._memory.move_to_end(key)
        return self._memory[key]

    def keep(self, tokens: list[int], cache: Any) -> None:
        self._remember(tuple(tokens), cache)
        if self._folder is not None:
            try:
                self._save(tokens, cache, self._folder)
            except OSError as error:  # a full disk costs time at the next start, no more
                log.warning("the prompt's prefix is not kept: %s", error)

    def _remember(self, key: tuple[int, ...], cache: Any) -> None:
        self._memory[key] = cache
        while len(self._memory) > MEMORY_MAX:
            self._memory.popitem(last=False)

    def _path(self, tokens: list[int], folder: Path) -> Path:
        digest = hashlib.sha256(f"{self._stamp} {tokens}".encode()).hexdigest()
        return folder / f"prefix-{digest[:32]}.safetensors"

    def _load(self, tokens: list[int]) -> Any | None:
        if self._folder is None:
            return None
        path = self._path(tokens, self._folder)
        try:
            tensors = load_file(path)
            cache = DynamicCache()
            for layer in range(len(tensors) // 2):
                cache.update(tensors[f"k{layer}"], tensors[f"v{layer}"], layer)
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, KeyError) as error:
            log.warning("the kept prefix %s is not readable: %s", path.name, error)
            return None
        return cache if cache.get_seq_length() == len(tokens) else None

    def _save(self, tokens: list[int], cache: Any, folder: Path) -> None:
        tensors: dict[str, torch.Tensor] = {}
        for number, layer in enumerate(cache.layers):
            tensors[f"k{number}"], tensors[f"v{number}"] = layer.keys.contiguous(), layer.values.contiguous()
        folder.mkdir(parents=True, exist_ok=True)
        path = self._path(tokens, folder)
        work = path.with_suffix(f".{os.getpid()}.part")
        try:
            save_file(tensors, work)
            os.replace(work, path)
        finally:
            work.unlink(missing_ok=True)
        kept = sorted(folder.glob("prefix-*.safetensors"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[DISK_MAX:]:
            with contextlib.suppress(OSError):
                old.unlink()


def stamp(folder: Path) -> str:
    """Tells one model directory's state from another's: its path, and size and time of its weights."""
    files = sorted(folder.glob("*.safetensors"))
    return " ".join([str(folder.resolve()), *(f"{f.name} {f.stat().st_size} {f.stat().st_mtime_ns}" for f in files)])
