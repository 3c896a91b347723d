"""How much may wait for the cloud: a share of the disk, so that a site with room runs alone for a year and more.

A mission leaves about 2 KB behind for the cloud. 256 MiB hold 100,000 of them, 4 GiB about two million: 400 days of a
site that does 5,000 a day. Rows wait on the disk; memory holds their keys at most, so the bound is only the disk's.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from fleet.sync.machine import Limits

#: The queue may take this share of what is free at the start, within these bounds, in bytes.
SHARE = 0.25
QUOTA_BYTES_MIN = 256 * 1024 * 1024
QUOTA_BYTES_MAX = 4 * 1024 * 1024 * 1024


def limits_for(directory: Path) -> Limits:
    """What is queued already counts as free room: a full queue does not shrink its own bound at the next start."""
    free = shutil.disk_usage(directory).free + sum(f.stat().st_size for f in directory.glob("*.db*"))
    return Limits(quota_bytes=int(min(QUOTA_BYTES_MAX, max(QUOTA_BYTES_MIN, free * SHARE))))
