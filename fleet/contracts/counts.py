"""Numbers that come from another process and end in a column of a database, with the bounds that every database has."""

from __future__ import annotations

from typing import Annotated

import msgspec

#: Rows, sessions, epochs: what every JSON reader holds exactly.
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
#: Generation of a resource: an INTEGER of PostgreSQL, with room to count on.
Generation = Annotated[int, msgspec.Meta(ge=0, le=2**30)]
#: A grant of the cloud (fleet/authority/fences.GRANT_MAX).
Grant = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
