"""What this edge node knows about how long it can run without the cloud (fleet/autonomy), gathered from keeper and disk."""

from __future__ import annotations

import shutil
from typing import Any

import msgspec

from edge_node.store.keeper import RATE_KEY, Keeper
from edge_node.store.statements import TOMBS_S
from fleet.autonomy.budget import Budget, BudgetInputs, LeaseInput, budget_status, offline_budget
from fleet.contracts.resources import EdgeNodeSpec, EdgeNodeStatus, Kind, TaskSpec

#: The rate is written down anew when it has changed by this share.
RATE_STEADY_SHARE = 0.05


def budget_of(keeper: Keeper) -> Budget:
    now = keeper.clock()
    return offline_budget(_inputs(keeper, now), now)


def status_of(keeper: Keeper) -> dict[str, Any]:
    """Fields of EdgeNodeStatus; and the rate is written down."""
    now = keeper.clock()
    rate = keeper.meter.rate(now)
    known = keeper.rate_stored
    if rate is not None and (known is None or abs(rate - known) > RATE_STEADY_SHARE * known):
        keeper.rate_stored = rate
        keeper.set_value(RATE_KEY, f"{rate:.3f}")
    status: EdgeNodeStatus = keeper.core.resource(Kind.EDGE_NODE, keeper.core.edge).status
    return budget_status(budget_of(keeper), status.offline_budget_s, status.offline_limit)


def document(budget: Budget) -> dict[str, Any]:
    """For the API."""
    return {
        "seconds": budget.seconds,
        "sentence": budget.sentence,
        "first": msgspec.to_builtins(budget.first),
        "limits": [msgspec.to_builtins(limit) for limit in budget.limits],
    }


def _inputs(keeper: Keeper, now: float) -> BudgetInputs:
    machine, view = keeper.machine, keeper.machine.view(now)
    return BudgetInputs(
        quota_bytes=keeper.limits.quota_bytes,
        queued_bytes=keeper.limits.quota_bytes if keeper.disk_full else view.backlog_bytes,
        bytes_per_s=keeper.meter.rate(now),
        disk_free_bytes=shutil.disk_usage(keeper.directory).free,
        kept_rows=view.kept,
        leases=_leases(keeper),
        away_since=None if machine.online(now) else machine.heard_at,
        known_s=TOMBS_S,
    )


def _leases(keeper: Keeper) -> tuple[LeaseInput, ...]:
    """Of the tasks in hand that the cloud has granted: a task without a fence has no lease and needs none."""
    core, renewed_at = keeper.core, keeper.machine.renewed_at
    site: EdgeNodeSpec = core.resource(Kind.EDGE_NODE, core.edge).spec
    leases = []
    for task in core.resources(Kind.TASK):
        spec: TaskSpec = task.spec
        if spec.fence and not task.status.phase.ended:
            ends_at = None if renewed_at is None else renewed_at + spec.lease_s
            leases.append(LeaseInput(task.metadata.name, spec.on_disconnect or site.on_disconnect, ends_at, spec.lease_s))
    return tuple(leases)
