"""The live map's frames from edge nodes: checked, never stored."""

from __future__ import annotations

import msgspec

from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput, TooLarge
from fleet.contracts.wire import Telemetry

TELEMETRY_BYTES_MAX = 512 * 1024


def decode_telemetry(payload: bytes) -> Telemetry:
    """JSON or msgpack; all columns of one length. Raises InvalidInput."""
    if payload[:1] == b"{":
        frame = codec.decode(payload, Telemetry, bytes_max=TELEMETRY_BYTES_MAX)
    elif len(payload) > TELEMETRY_BYTES_MAX:
        raise TooLarge(f"{len(payload)} bytes", fix=f"send at most {TELEMETRY_BYTES_MAX}")
    else:
        try:
            frame = msgspec.msgpack.decode(payload, type=Telemetry)
        except msgspec.ValidationError as error:
            raise codec.from_validation_error(error) from None
        except msgspec.DecodeError as error:
            raise InvalidInput(f"neither JSON nor msgpack: {error}", field="$", fix="send wire.Telemetry") from None
    rows = len(frame.robots)
    columns = (frame.x_m, frame.y_m, frame.theta_rad, frame.battery_pct, frame.activity, frame.loaded, frame.age_s)
    if any(len(column) != rows for column in columns):
        raise InvalidInput("columns differ in length", field="robots", fix="one value a robot in each column")
    return frame
