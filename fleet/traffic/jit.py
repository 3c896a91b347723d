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


def inner(function: F) -> F:
    """As `njit`, for functions that only compiled code calls, without the door from Python that is half of their compilation."""
    return cast(F, numba.njit(cache=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function))


def leaf(function: F) -> F:
    """As `inner`, for functions that make no arrays: they count no references to those that they are given.

    Each count is an atomic operation; in a loop over tuples of arrays they take most of the time.
    """
    options = {"cache": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    return cast(F, numba.njit(**options)(function))
