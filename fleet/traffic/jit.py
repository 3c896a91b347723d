"""`njit` with types kept: numba compiles the loops of traffic; its machine code is cached beside the source, so a start is quick.

The cache is filled when Drover is installed (`python -m fleet.traffic.warm`), else by the first start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def njit(function: F) -> F:
    """Compiled at the first call, cached; arithmetic as in C (no checks of bounds, no exceptions for division by zero)."""
    return cast(F, numba.njit(cache=True, error_model="numpy")(function))
