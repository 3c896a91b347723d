"""Every number of the prediction in one place, with its unit and its reason."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.contracts.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Settings:
    """Raises InvalidInput where a number makes no sense. The defaults are those of docs/prediction.md.

    `bin_s`: width of a time bin. `horizons_s`: lead times that a model is fitted for, rising. `half_life_s`: of the running
    means. `cap_s`: a longer delay counts as this, so that one broken robot does not own the fit. `settle_s`: a crossing that
    takes longer than this is learnt from as live data only. `samples_max`, `samples_min`: rows kept for a fit, and needed for
    one. `retrain_s`: between fits. `trial_s`: how much new data a new model is tried on before it may serve; the same window
    decides which level is in use. `margin`: share of the squared error by which a higher level must be
    better. `ridge`: penalty on standardised coefficients.
    `period_s`, `slots`: the site's rhythm (a day in hours). `prior`: crossings of the site's mean that are mixed
    into each running mean.
    `store_max`: characters of the stored text, at most.
    """

    bin_s: float = 15.0
    horizons_s: tuple[float, ...] = (30.0, 120.0, 300.0)
    half_life_s: float = 90.0
    cap_s: float = 120.0
    settle_s: float = 120.0
    samples_max: int = 40_000
    samples_min: int = 2_000
    retrain_s: float = 600.0
    trial_s: float = 300.0
    margin: float = 0.01
    ridge: float = 1e-3
    period_s: float = 86_400.0
    slots: int = 24
    prior: float = 4.0
    store_max: int = 200_000

    def __post_init__(self) -> None:
        whole = all(h >= self.bin_s for h in self.horizons_s) and list(self.horizons_s) == sorted(set(self.horizons_s))
        if not self.horizons_s or not whole:
            raise InvalidInput(f"{self.horizons_s}", field="horizons_s", fix="rising lead times of at least one bin each")
        for name in ("bin_s", "half_life_s", "cap_s", "settle_s", "retrain_s", "trial_s", "ridge", "period_s", "prior"):
            if not getattr(self, name) > 0:
                raise InvalidInput(f"{getattr(self, name)}", field=name, fix="give a number above 0")
        if not (
            self.slots >= 1 and 1 <= self.samples_min <= self.samples_max and 0 <= self.margin < 1 and self.store_max >= 1000
        ):
            raise InvalidInput("out of range", field="slots, samples_min, samples_max, margin, store_max", fix="see the defaults")

    @property
    def bins_ahead(self) -> int:
        """Bins from now to the last horizon, the bin of that horizon included."""
        return int(self.horizons_s[-1] / self.bin_s) + 2

    @property
    def bins_kept(self) -> int:
        """Bins that history keeps one by one: until the last target of a sample has settled."""
        return self.bins_ahead + int(self.settle_s / self.bin_s) + 3
