"""VDA 5050 in and out: strict in what we write, lenient in what we read.

Reading tries the exact contract first (a few microseconds). Only a message that fails it goes through `repair`: vendors
send nulls, numbers as strings, words of other versions, or leave required arrays out, and a state must never be lost
whole because one field is odd. What cannot be guessed safely stays an error that names the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput
from fleet.contracts.vda5050.common import Message
from fleet.contracts.vda5050.factsheet import Factsheet
from fleet.contracts.vda5050.order import InstantActions, Order
from fleet.contracts.vda5050.state import Connection, State, Visualization

M = TypeVar("M", bound=Message)

#: Most odd fields that one message is repaired for.
REPAIRS_MAX = 50
#: What `battery_charge` is when a robot does not tell.
BATTERY_UNKNOWN_PCT = -1.0

_HEADER: Mapping[str, Any] = {"headerId": 0, "timestamp": "", "version": "", "manufacturer": "", "serialNumber": ""}
#: What a required field of a `state` is when the robot leaves it out. The cautious guess: an action whose status is not
#: understood is not ended, a robot that does not say that it takes orders is given none, and one that does not say
#: that it stands is driving.
_STATE: Mapping[str, Any] = {
    **_HEADER,
    "orderId": "",
    "orderUpdateId": 0,
    "lastNodeId": "",
    "lastNodeSequenceId": 0,
    "nodeStates": [],
    "edgeStates": [],
    "actionStates": [],
    "errors": [],
    "driving": True,
    "operatingMode": "MANUAL",
    "batteryState": {},
    "batteryCharge": BATTERY_UNKNOWN_PCT,
    "charging": False,
    "safetyState": {},
    "eStop": "NONE",
    "fieldViolation": False,
    "actionStatus": "RUNNING",
    "errorType": "unknown",
    "errorLevel": "FATAL",
    "infoType": "unknown",
    "infoLevel": "INFO",
    "theta": 0.0,
    "positionInitialized": True,
    "mapId": "",
}
_VISUALIZATION: Mapping[str, Any] = {**_HEADER, "theta": 0.0, "positionInitialized": True, "mapId": ""}
_ORDER: Mapping[str, Any] = {**_HEADER, "actions": [], "edges": [], "orderUpdateId": 0, "blockingType": "HARD"}
#: Items of these lists may be dropped when they make no sense; a nodeState, actionState or load never.
_DROPPABLE = frozenset({"errors", "information", "maps", "errorReferences", "infoReferences"})
_OLD_WORDS = {"CONNECTION_BROKEN": "CONNECTIONBROKEN", "TEACH_IN": "TEACHIN", "HIBERNATING": "OFFLINE"}
_TOKEN = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def read_state(data: bytes) -> State:
    """Raises InvalidInput naming the field, TooLarge."""
    return _read(data, State, _STATE, _must_say_something)


def read_connection(data: bytes) -> Connection:
    """Raises InvalidInput naming the field, TooLarge."""
    return _read(data, Connection, _HEADER)


def read_visualization(data: bytes) -> Visualization:
    """Raises InvalidInput naming the field, TooLarge."""
    return _read(data, Visualization, _VISUALIZATION)


def read_factsheet(data: bytes) -> Factsheet:
    """Raises InvalidInput naming the field, TooLarge."""
    return _read(data, Factsheet, _HEADER)


def read_order(data: bytes) -> Order:
    """Raises InvalidInput naming the field, TooLarge."""
    return _read(data, Order, _ORDER)


def read_instant_actions(data: bytes) -> InstantActions:
    """Also by their name of version 1.1, `instantActions`. Raises InvalidInput naming the field, TooLarge."""
    return _read(data, InstantActions, {**_ORDER, "actions": None}, _old_instant_actions)


def write(message: Message) -> bytes:
    """The message as the specification's JSON."""
    return codec.encode(message)


def timestamp(unix_s: float) -> str:
    """ISO 8601 in UTC with milliseconds, as the header wants it."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def unix_of(text: str) -> float | None:
    """A header's timestamp as Unix seconds, with or without zone (then UTC); None when it is no time."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


# ---- the lenient way ------------------------------------------------------------------------------------------------


def _read(data: bytes, kind: type[M], defaults: Mapping[str, Any], prepare: Callable[[Any], None] | None = None) -> M:
    try:
        return codec.decode(data, kind, bytes_max=codec.ROBOT_PAYLOAD_BYTES_MAX)
    except InvalidInput as error:
        if error.field == "$" and error.detail.startswith("not JSON"):
            raise
    document = codec.decode(data, dict[str, Any], bytes_max=codec.ROBOT_PAYLOAD_BYTES_MAX)
    if prepare is not None:
        prepare(document)
    return repair(document, kind, defaults)


def repair(document: dict[str, Any], kind: type[M], defaults: Mapping[str, Any]) -> M:
    """The document as `kind`, after as few changes as it takes. Raises InvalidInput naming the field that can't be guessed."""
    cleaned = _clean(document)
    first: msgspec.ValidationError | None = None
    for _ in range(REPAIRS_MAX):
        try:
            return msgspec.convert(cleaned, kind, strict=False)
        except msgspec.ValidationError as error:
            first = first or error
            if not _mend(cleaned, error, defaults):
                raise codec.from_validation_error(first) from None
    raise InvalidInput(f"more than {REPAIRS_MAX} fields are odd", field="$", fix="send VDA 5050 2.1")


def _clean(value: Any) -> Any:
    """Nulls dropped, words of other versions translated, `position` (NVIDIA) as `nodePosition`."""
    if isinstance(value, dict):
        found = {key: _clean(item) for key, item in value.items() if item is not None}
        if "nodeId" in found and "position" in found and "nodePosition" not in found:
            found["nodePosition"] = found.pop("position")
        return found
    if isinstance(value, list):
        return [_clean(item) for item in value if item is not None]
    return _OLD_WORDS.get(value, value) if isinstance(value, str) else value


def _mend(document: dict[str, Any], error: msgspec.ValidationError, defaults: Mapping[str, Any]) -> bool:
    """One step: fill in what is missing, or take out what is wrong. False when neither is safe."""
    text, _, path = str(error).partition(" - at `")
    tokens: list[str] = [name or index for name, index in _TOKEN.findall(path.rstrip("`"))]
    missing = re.match(r"Object missing required field `(\w+)`", text)
    if missing is None:
        return _take_out(document, tokens, defaults)
    name = missing.group(1)
    holder = _find(document, tokens)
    if isinstance(holder, dict) and defaults.get(name) is not None:
        default = defaults[name]
        holder[name] = default.copy() if isinstance(default, dict | list) else default
        return True
    return _take_out(document, tokens, defaults)


def _take_out(document: dict[str, Any], tokens: list[str], defaults: Mapping[str, Any]) -> bool:
    """Remove the offending field, or the item of a list that can do without it."""
    if not tokens:
        return False
    holder = _find(document, tokens[:-1])
    last = tokens[-1]
    if isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
        owner = tokens[-2] if len(tokens) > 1 else ""
        if owner in _DROPPABLE:
            holder.pop(int(last))
            return True
        # an item that must not vanish: the list as a whole becomes unknown, where the contract allows that
        return owner not in defaults and _take_out(document, tokens[:-1], defaults)
    if isinstance(holder, dict) and last in holder:
        if last in defaults and isinstance(defaults[last], list):
            return False
        del holder[last]
        return True
    return False


def _find(document: Any, tokens: list[str]) -> Any:
    for token in tokens:
        if isinstance(document, dict):
            document = document.get(token)
        elif isinstance(document, list) and token.isdigit() and int(token) < len(document):
            document = document[int(token)]
        else:
            return None
    return document


def _must_say_something(document: Any) -> None:
    if not {"lastNodeId", "agvPosition", "nodeStates"} & set(document):
        raise InvalidInput("neither lastNodeId nor agvPosition nor nodeStates", field="$", fix="send a VDA 5050 state")


def _old_instant_actions(document: Any) -> None:
    if not document.get("actions") and document.get("instantActions"):
        document["actions"] = document["instantActions"]
