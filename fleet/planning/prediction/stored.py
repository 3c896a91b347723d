"""What survives a restart, as one bounded text: the model in service, the factor of trips, the site's rhythm.

Rhythms are stored in steps of 5 % on a logarithmic scale, one byte per slot and edge, compressed; where even that is too long the
rhythm is left out, and learnt again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.contracts.errors import InvalidInput
from fleet.planning.prediction.history import F32
from fleet.planning.prediction.predictor import Predictor
from fleet.planning.prediction.ridge import Model
from fleet.traffic.csr import RoadArrays

FORMAT: Final = 1
#: Smallest flow (per s) and delay (s) that are told from 0; byte b stands for LEAST * exp(STEP * (b - 1)).
LEAST_FLOW, LEAST_DELAY_S, STEP = 1e-5, 1e-2, 0.05


def pack(predictor: Predictor) -> str:
    """At most `settings.store_max` characters of JSON."""
    model = predictor.trial.serving
    raw: dict[str, Any] = {
        "format": FORMAT,
        "roads": roads_hash(predictor.roads),
        "model": None if model is None else json.loads(model.to_json()),
        "trips": [predictor.trips.predicted_s, predictor.trips.met_s, predictor.trips.n],
    }
    history = predictor.history
    rhythm = {
        "flow": _squeeze(history.slot_flow, LEAST_FLOW),
        "delay": _squeeze(history.slot_delay_s, LEAST_DELAY_S),
        "bins": history.slot_bins.tolist(),
    }
    text = json.dumps({**raw, "rhythm": rhythm}, separators=(",", ":"))
    if len(text) > predictor.settings.store_max:
        text = json.dumps(raw, separators=(",", ":"))
    return text if len(text) <= predictor.settings.store_max else json.dumps({**raw, "model": None}, separators=(",", ":"))


def unpack(text: str, predictor: Predictor) -> None:
    """Fills a new predictor of the same roads. Raises InvalidInput, and changes nothing, where the text does not fit."""
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT or raw["roads"] != roads_hash(predictor.roads):
            raise InvalidInput("learnt on other roads, or another format", field="prediction", fix="forget it and learn anew")
        predicted_s, met_s, n = (float(v) for v in raw["trips"])
        if not np.isfinite([predicted_s, met_s, n]).all() or min(predicted_s, met_s, n) < 0:
            raise InvalidInput("trips below 0", field="prediction.trips", fix="forget it and learn anew")
        model = raw["model"] and Model.from_json(json.dumps(raw["model"]), predictor.settings.horizons_s)
        rhythm = raw.get("rhythm")
        if rhythm is not None:
            shape = predictor.history.slot_flow.shape
            flow, delay = (_expand(rhythm[k], shape, least) for k, least in (("flow", LEAST_FLOW), ("delay", LEAST_DELAY_S)))
            bins = np.array([int(b) for b in rhythm["bins"]], np.int64)
            if bins.shape != shape[:1] or (bins < 0).any():
                raise InvalidInput("another number of slots", field="prediction.rhythm", fix="forget it and learn anew")
            predictor.history.restore_slots(flow, delay, bins)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise InvalidInput(f"not readable: {error}", field="prediction", fix="forget it and learn anew") from error
    predictor.trial.serving = model or None
    predictor.trips.predicted_s, predictor.trips.met_s, predictor.trips.n = predicted_s, met_s, int(n)


def roads_hash(roads: RoadArrays) -> str:
    """Of the ids of all edges and their ends: what was learnt belongs to these numbers."""
    found = hashlib.sha256("\n".join(roads.edge_ids).encode())
    found.update(roads.tail.tobytes())
    found.update(roads.head.tobytes())
    return found.hexdigest()[:16]


def _squeeze(values: F32, least: float) -> str:
    steps = np.floor(np.log(np.maximum(values, least) / least) / STEP + 0.5) + 1
    codes: NDArray[np.uint8] = np.where(values < least, 0, np.clip(steps, 1, 255)).astype(np.uint8)
    return base64.b85encode(zlib.compress(codes.tobytes(), 9)).decode()


def _expand(text: str, shape: tuple[int, ...], least: float) -> F32:
    size = int(np.prod(shape))
    codes = np.frombuffer(zlib.decompressobj().decompress(base64.b85decode(text), size + 1), np.uint8)
    if len(codes) != size:
        raise InvalidInput(f"{len(codes)} numbers for {size}", field="prediction.rhythm", fix="forget it and learn anew")
    values = np.where(codes == 0, 0.0, least * np.exp(STEP * (codes.astype(np.float64) - 1)))
    return values.reshape(shape).astype(np.float32)
