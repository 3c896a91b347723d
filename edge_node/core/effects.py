"""What EdgeCore asks of its shell.

Rule for every shell: of one batch (`take_effects`), everything that is stored (PutResource, DeleteResource, PutJournal,
DeleteJournal, PutValue, Emit, Tell) is committed in one transaction before the first Publish of the batch goes out.
A shell without a store (the simulator on its virtual clock) may ignore all but Publish and NeedPlan.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.wire import Event, Up
from fleet.planning.problem import PlanRequest


@dataclass(frozen=True, slots=True)
class Publish:
    """To the edge broker, for a robot. VDA 5050: order and instantActions are QoS 0 and never retained."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


class Section(StrEnum):
    """What of a resource changed, so that the shell knows what must travel."""

    SPEC = "spec"  # as the cloud (or a restart) gave it: store it
    STATUS = "status"  # store it, and report the status to the cloud
    MADE = "made"  # made or changed at the site: store it, and send the whole resource to the cloud
    LOCAL = "local"  # spec changed by the edge's own planning (assignment): store it, the cloud learns it from status


@dataclass(frozen=True, slots=True)
class PutResource:
    """`durable` False: only for live views (a pose moved); neither stored nor reported."""

    resource: AnyResource
    section: Section = Section.STATUS
    durable: bool = True


@dataclass(frozen=True, slots=True)
class DeleteResource:
    """`made`: deleted at the site, so the cloud must be told. `last`: only forgotten here; the cloud keeps it, as it was."""

    kind: Kind
    name: str
    made: bool = False
    last: AnyResource | None = None


@dataclass(frozen=True, slots=True)
class PutJournal:
    """What was promised to a robot (journal.Entry as JSON): written before the order goes out."""

    robot: str
    body: bytes


@dataclass(frozen=True, slots=True)
class DeleteJournal:
    robot: str


@dataclass(frozen=True, slots=True)
class PutValue:
    """A small durable value of the core (ids of controls already done, ...); given back in `restore`."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Emit:
    """Into the event list, and up to the cloud."""

    event: Event


@dataclass(frozen=True, slots=True)
class Tell:
    """A message for the cloud that is no event and no status (wire.Revoked): into this stream of the sync layer."""

    stream: str
    key: str
    message: Up


@dataclass(frozen=True, slots=True)
class NeedPlan:
    """Answer with `EdgeCore.planned(version, result, now)`; only the newest version is used."""

    version: int
    request: PlanRequest


Effect = Publish | PutResource | DeleteResource | PutJournal | DeleteJournal | PutValue | Emit | Tell | NeedPlan
