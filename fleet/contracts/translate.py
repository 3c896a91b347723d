"""Cloud (or edge) <-> llm_planner: one sentence and the site's registry in, one Command IR out.

`POST /v1/translate` with a TranslateRequest answers a TranslateReply; problems: 429 queue full, 504 deadline.
`GET /healthz` answers 200 with {"status": "ready" | "loading"}.
The registry has the shape of `drover translate --site FILE`.
"""

from __future__ import annotations

import msgspec

from fleet.contracts.command_ir import CommandIr

#: Longest sentence that is translated, in characters.
SENTENCE_CHARS_MAX = 500


class _Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class RegistryPlace(_Value, frozen=True, kw_only=True):
    name: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    area: str = ""


class RegistryRobot(_Value, frozen=True, kw_only=True):
    name: str
    type: str = ""
    capabilities: tuple[str, ...] = ()
    payload_kg: float | None = None
    aliases: tuple[str, ...] = ()


class RegistryItem(_Value, frozen=True, kw_only=True):
    name: str
    unit_kg: float | None = None
    home: str | None = None
    aliases: tuple[str, ...] = ()


class Registry(_Value, frozen=True, kw_only=True):
    """Every name that a sentence on this site may mean."""

    site: str
    title: str = ""
    places: tuple[RegistryPlace, ...] = ()
    robots: tuple[RegistryRobot, ...] = ()
    items: tuple[RegistryItem, ...] = ()
    type_aliases: dict[str, tuple[str, ...]] = {}
    notes: tuple[str, ...] = ()


class TranslateRequest(_Value, frozen=True, kw_only=True):
    text: str
    registry: Registry
    now: str  # site clock "HH:MM"
    deadline_s: float = 20.0


class TranslateReply(_Value, frozen=True, kw_only=True):
    """`model` says who answered; `raw` is the model's own text; `confidence` in 0..1."""

    ir: CommandIr
    model: str
    raw: str = ""
    confidence: float = 0.0
    tokens: int = 0
    queue_s: float = 0.0
    translate_s: float = 0.0
