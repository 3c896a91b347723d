"""JSON in and out for every contract: one decoder per type, typed errors that name the field.

msgspec validates while it decodes (about 5 us for a VDA 5050 state) and reports the first error with its path.
Unknown fields are ignored, as VDA 5050 and rolling upgrades need.
"""

from __future__ import annotations

import functools
from typing import Any, TypeVar, cast

import msgspec

from fleet.contracts.errors import InvalidInput, TooLarge

T = TypeVar("T")

#: Largest manifest, in bytes: a Layout carries a whole LIF file, and that of 300 robots has 5 MiB.
DOCUMENT_BYTES_MAX = 16 * 1024 * 1024
#: Largest of all other requests at an HTTP API, in bytes.
REQUEST_BYTES_MAX = 4 * 1024 * 1024
#: Largest MQTT payload that a robot may send, in bytes.
ROBOT_PAYLOAD_BYTES_MAX = 256 * 1024


def encode(value: Any) -> bytes:
    """The value as compact JSON, UTF-8."""
    return msgspec.json.encode(value)


def decode(data: bytes | str, kind: type[T], *, bytes_max: int = DOCUMENT_BYTES_MAX) -> T:
    """JSON text as a validated `kind`.

    Raises InvalidInput naming the field (JSON path) when it is not JSON or not of the type, TooLarge when it is
    longer than `bytes_max`.
    """
    if len(data) > bytes_max:
        raise TooLarge(f"{len(data)} bytes", fix=f"send at most {bytes_max} bytes")
    try:
        return cast(T, _decoder(cast(Any, kind)).decode(data))
    except msgspec.ValidationError as error:
        raise from_validation_error(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"not JSON: {error}", field="$", fix="send one JSON document in UTF-8") from None


def convert(value: Any, kind: type[T], *, strict: bool = True) -> T:
    """A plain Python value (from YAML, a database column) as a validated `kind`. Raises InvalidInput."""
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise from_validation_error(error) from None


def to_builtins(value: Any) -> Any:
    """The value as dicts, lists and scalars, as `encode` would write it."""
    return msgspec.to_builtins(value)


def from_validation_error(error: msgspec.ValidationError) -> InvalidInput:
    """msgspec's "Expected `int`, got `str` - at `$.a.b`" as an error with the path in `field`."""
    text, _, path = str(error).partition(" - at `")
    return InvalidInput(text, field=path.rstrip("`") or "$", fix="send the type that the contract names")


@functools.lru_cache(maxsize=256)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
