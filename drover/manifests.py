"""Files to manifests: multi-document YAML or JSON, a folder of them, or a bare LIF file.

A Layout may name its LIF document with `spec.lif_file`, a path relative to the manifest, instead of carrying it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from fleet.contracts import manifest
from fleet.contracts.codec import DOCUMENT_BYTES_MAX
from fleet.contracts.errors import FleetError, InvalidInput, TooLarge
from fleet.contracts.resources import API_VERSION, Kind

SUFFIXES = (".yaml", ".yml", ".json")
#: Files of one folder that are read.
FILES_MAX = 200


def read(path: Path) -> list[dict[str, Any]]:
    """Every manifest of a file or of a folder's files, checked, ready to send. "-" is standard input.

    Raises InvalidInput that says which file and which document.
    """
    if str(path) == "-":
        return list(_checked(_documents(sys.stdin.read(), "-"), Path("stdin"), Path.cwd()))
    if not path.exists():
        raise InvalidInput(f"no file or folder {str(path)!r}", field="-f", fix="name a YAML or JSON file, or a folder of them")
    files = _files(path) if path.is_dir() else [path]
    return [document for file in files for document in _read_file(file, alone=not path.is_dir())]


def is_lif(document: Any) -> bool:
    """A VDMA LIF 1.0 file: its two required keys."""
    return isinstance(document, dict) and "layouts" in document and "metaInformation" in document


def _files(folder: Path) -> list[Path]:
    found = sorted(p for p in folder.iterdir() if p.suffix in SUFFIXES and p.is_file())
    if not found:
        raise InvalidInput(f"no {', '.join(SUFFIXES)} in {str(folder)!r}", field="-f", fix="name a folder with manifests")
    if len(found) > FILES_MAX:
        raise TooLarge(f"{len(found)} files in {str(folder)!r}", field="-f", fix=f"apply at most {FILES_MAX} at once")
    return found


def _read_file(path: Path, *, alone: bool) -> list[dict[str, Any]]:
    """In a folder (`alone` false) LIF and other JSON files are data that manifests refer to, and are passed over."""
    text = _text(path)
    documents = _documents(text, str(path))
    if not alone and path.suffix == ".json":
        documents = [d for d in documents if isinstance(d, dict) and "kind" in d]
    return list(_checked(documents, path, path.parent))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > DOCUMENT_BYTES_MAX:
            raise TooLarge(f"{path}: {path.stat().st_size} bytes", field="-f", fix=f"at most {DOCUMENT_BYTES_MAX} bytes")
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path}: not UTF-8", field="-f", fix="save it as UTF-8") from None
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}", field="-f", fix="name a file that you may read") from None


def _documents(text: str, where: str) -> list[Any]:
    try:
        if text.lstrip().startswith(("{", "[")):
            loaded = json.loads(text)
            return loaded if isinstance(loaded, list) else [loaded]
        return [d for d in yaml.load_all(text, Loader=_LOADER) if d is not None]
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{where}: line {error.lineno}: {error.msg}", field="-f", fix="correct the JSON") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "not YAML"
        raise InvalidInput(f"{where}: {line}{problem}", field="-f", fix="correct the YAML") from None


def _checked(documents: list[Any], path: Path, base: Path) -> Iterator[dict[str, Any]]:
    for index, document in enumerate(documents):
        try:
            if is_lif(document):
                document = _wrapped(document, path)
            document = _with_lif(document, base)
            manifest.parse(document)
            _check_json(document)
        except FleetError as error:
            place = f"{path}, document {index + 1}" if len(documents) > 1 else f"{path}"
            raise InvalidInput(f"{place}: {error.detail}", field=error.field, fix=error.fix) from None
        yield document


def _check_json(document: Any) -> None:
    """YAML can say what JSON cannot (dates, NaN, sets), and grow by aliases. Raises InvalidInput, TooLarge."""
    size = 0
    try:
        for chunk in json.JSONEncoder(allow_nan=False).iterencode(document):
            size += len(chunk)
            if size > DOCUMENT_BYTES_MAX:
                raise TooLarge("too large", field="-f", fix=f"at most {DOCUMENT_BYTES_MAX} bytes as JSON")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"no JSON value: {error}", field="$", fix="write plain numbers and text; quote dates") from None


def _wrapped(lif: dict[str, Any], path: Path) -> dict[str, Any]:
    """A bare LIF file as a Layout that is called like the file."""
    name = path.name.split(".")[0]
    return {"apiVersion": API_VERSION, "kind": Kind.LAYOUT.value, "metadata": {"name": name}, "spec": {"lif": lif}}


def _with_lif(document: Any, base: Path) -> Any:
    if not (isinstance(document, dict) and document.get("kind") == Kind.LAYOUT.value):
        return document
    spec = document.get("spec")
    if not (isinstance(spec, dict) and "lif_file" in spec):
        return document
    if "lif" in spec or not isinstance(spec["lif_file"], str):
        raise InvalidInput("give either lif or lif_file", field="spec.lif_file", fix="lif_file is a path beside this file")
    file = base / spec["lif_file"]
    if not file.is_file():
        raise InvalidInput(f"no file {str(file)!r}", field="spec.lif_file", fix="a path relative to this manifest")
    found = _documents(_text(file), str(file))
    if len(found) != 1 or not is_lif(found[0]):
        raise InvalidInput(f"{file} is not a LIF file", field="spec.lif_file", fix="it needs metaInformation and layouts")
    return {**document, "spec": {**{k: v for k, v in spec.items() if k != "lif_file"}, "lif": found[0]}}


# libyaml is 10 times faster where PyYAML was built with it
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
