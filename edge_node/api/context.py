"""What a request handler may use: the keeper, and the site as the tasks package sees it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from starlette.requests import Request

from edge_node.store.keeper import Keeper
from fleet.contracts.errors import NotFound
from fleet.contracts.manifest import plural
from fleet.contracts.resources import AnyResource, Kind
from fleet.tasks.site import Site

if TYPE_CHECKING:
    from edge_node.api.desk import Desk

KINDS: dict[str, Kind] = {plural(kind): kind for kind in Kind}


class Cuttable(Protocol):
    """The link to the cloud, as drills use it."""

    cut_until: float

    def cut(self, for_s: float) -> None: ...
    def heal(self) -> None: ...


def _no_planner() -> Desk:
    from edge_node.api.desk import Desk  # which works on a Context

    return Desk()


@dataclass
class Context:
    keeper: Keeper
    site_name: str
    edge: str
    cloud: Cuttable
    desk: Desk = field(default_factory=_no_planner)
    _last: Site | None = field(default=None, repr=False)

    def site(self) -> Site:
        """The snapshot of now. Raises NotFound without a layout."""
        core = self.keeper.core
        resources: list[AnyResource] = [r for kind in Kind for r in core.resources(kind)]
        self._last = Site.build(self.site_name, resources, self.keeper.clock(), previous=self._last)
        return self._last


def kind_of(request: Request) -> Kind:
    """The kind in the path. Raises NotFound."""
    word = request.path_params["kinds"]
    if word not in KINDS:
        raise NotFound(f"no kind {word!r}", field="kinds", fix="use one of " + ", ".join(KINDS))
    return KINDS[word]


def utc_offset_s() -> int:
    """The site's clock is this machine's."""
    return time.localtime().tm_gmtoff
