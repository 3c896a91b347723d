"""What a Task says of its second attempt: may there be one, and which of two stands (fleet/authority/reassign.py)."""

from __future__ import annotations

from enum import StrEnum


class Effects(StrEnum):
    """What a second execution would do: nothing worse (idempotent: a patrol), or harm (exclusive: a tote moved twice)."""

    IDEMPOTENT = "idempotent"
    EXCLUSIVE = "exclusive"


class Reconcile(StrEnum):
    """Which attempt stands when an edge node comes back whose task was placed elsewhere meanwhile."""

    KEEP_ORIGINAL = "keep_original"
    KEEP_REPLACEMENT = "keep_replacement"
    MOST_PROGRESS = "most_progress"
