"""Raw confidence of the tuned model to the share of such sentences that were exact, measured on the development half.

Written by `python -m benchmarks.language.calibrate --write`; raw is the product of the chosen tokens' probabilities.
"""

from __future__ import annotations

POINTS: tuple[tuple[float, float], ...] = (
    (0.0, 0.318),
    (0.216, 0.318),
    (0.5586, 0.591),
    (0.8796, 0.939),
    (0.9867, 1.0),
    (1.0, 1.0),
)
