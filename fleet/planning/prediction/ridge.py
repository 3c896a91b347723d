"""The learnt part: one ridge regression per lead time for what the running mean of an edge's delay misses.

A linear residual keeps the fallback inside the model: with a heavy penalty, or features that say nothing, the answer is the
running mean. Hoerl & Kennard 1970; columns are standardised, the intercept is not penalised.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.planning.prediction.features import HASH, NAMES
from fleet.planning.prediction.history import F32

#: A column with less spread than this is left out.
SPREAD_MIN = 1e-6
#: Standardised features are believed up to so many standard deviations.
SIGMA_MAX = 6.0


@dataclass(frozen=True)
class Model:
    """`coef[h]` F + 1 numbers for horizons_s[h], the intercept last; `id` is a hash of the content. `n`: rows of the fit."""

    id: str
    trained_at: float
    n: int
    features: str
    horizons_s: tuple[float, ...]
    mean: tuple[tuple[float, ...], ...]
    scale: tuple[tuple[float, ...], ...]
    coef: tuple[tuple[float, ...], ...]

    def residual_s(self, h: int, columns: F32) -> F32:
        """float32[N] seconds to add to the running mean, for columns float32[N, F] of horizon number h."""
        scale = np.asarray(self.scale[h], np.float32)
        scaled = np.clip((columns - np.asarray(self.mean[h], np.float32)) / scale, -SIGMA_MAX, SIGMA_MAX)
        coef = np.asarray(self.coef[h], np.float32)
        return np.asarray(scaled @ coef[:-1] + coef[-1], np.float32)

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, horizons_s: tuple[float, ...]) -> Model:
        """Raises InvalidInput for text that is no model, or a model of other features or horizons."""
        try:
            raw: dict[str, Any] = json.loads(text)
            tables = {k: tuple(tuple(float(x) for x in row) for row in raw[k]) for k in ("mean", "scale", "coef")}
            model = cls(
                id=str(raw["id"]),
                trained_at=float(raw["trained_at"]),
                n=int(raw["n"]),
                features=str(raw["features"]),
                horizons_s=tuple(float(h) for h in raw["horizons_s"]),
                **tables,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(f"no model: {error}", field="model", fix="forget it; the next fit makes another") from error
        sizes = {len(row) for table in (model.mean, model.scale) for row in table} | {len(row) - 1 for row in model.coef}
        fits = model.features == HASH and model.horizons_s == horizons_s and sizes == {len(NAMES)}
        numbers = np.concatenate([np.ravel(t) for t in tables.values()])
        if not fits or len(model.coef) != len(horizons_s) or not np.isfinite(numbers).all() or (np.ravel(model.scale) <= 0).any():
            raise InvalidInput("a model of other features", field="model", fix="forget it; the next fit makes another")
        return model


def fit(
    columns: list[F32],
    target_s: list[F32],
    mean_s: list[F32],
    weight: list[F32],
    *,
    penalty: float,
    horizons_s: tuple[float, ...],
    now: float,
) -> Model:
    """A model from rows per horizon: columns float32[N, F], target and running mean (s), weight (crossings), N > 0 each."""
    means, scales, coefs = [], [], []
    for x, y, base, w in zip(columns, target_s, mean_s, weight, strict=True):
        share = (w / w.sum()).astype(np.float64)
        mean = share @ x
        spread = np.sqrt(np.maximum(share @ (x - mean) ** 2, 0))
        used = spread > SPREAD_MIN
        scale = np.where(used, spread, 1.0)
        z = np.clip((x - mean) / scale, -SIGMA_MAX, SIGMA_MAX).astype(np.float64) * used
        missed = (y - base).astype(np.float64)
        middle = share @ missed
        centre = share @ z
        z -= centre
        gram = (z * share[:, None]).T @ z + np.diag(np.full(z.shape[1], penalty) + ~used)
        beta = np.linalg.solve(gram, (z * share[:, None]).T @ (missed - middle)) * used
        means.append(tuple(float(v) for v in mean))
        scales.append(tuple(float(v) for v in scale))
        coefs.append((*(float(v) for v in beta), float(middle - centre @ beta)))
    content = json.dumps([HASH, means, scales, coefs]).encode()
    return Model(
        id=hashlib.sha256(content).hexdigest()[:12],
        trained_at=now,
        n=sum(len(y) for y in target_s),
        features=HASH,
        horizons_s=horizons_s,
        mean=tuple(means),
        scale=tuple(scales),
        coef=tuple(coefs),
    )
