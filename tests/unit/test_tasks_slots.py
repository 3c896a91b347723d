"""Slots of a command by address: what words filled them, and what an operator may put there instead."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fleet.contracts.command_ir import (
    Action,
    CommandIr,
    ControlAction,
    ControlIr,
    InMinutes,
    Outcome,
    Repeat,
    Speed,
    TaskIr,
    WithinMinutes,
)
from fleet.contracts.errors import Conflict, FleetError, InvalidInput, NotFound
from fleet.contracts.translate import Understood
from fleet.tasks import slots
from fleet.tasks.words import plausible, settled
from tests.unit import sites

SITE = sites.site()
BRING = TaskIr(ref="t1", action=Action.TRANSPORT, source="Dock 1", target="Packing 1", item="tote", robot="AMR-1")
TOUR = TaskIr(ref="t2", action=Action.PATROL, stops=("Dock 1", "Dock 2", "Dock 3"), avoid=("Packing 1", "Packing 2"))
PLAN = CommandIr(outcome=Outcome.PLAN, tasks=(BRING, TOUR))
CLOSE = CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=ControlAction.CLOSE_AREA, targets=("Packing",)))


def after(ir: CommandIr, address: str, value: str, was: str = "") -> CommandIr:
    return slots.put(ir, slots.find(ir, address), value, SITE, was=was)


def plan(**fields: Any) -> CommandIr:
    return CommandIr(outcome=Outcome.PLAN, tasks=(msgspec.structs.replace(BRING, **fields),))


@pytest.mark.parametrize(
    ("address", "value", "was", "field", "expected"),
    [
        ("t1.to", "pack 2", "", "target", "Packing 2"),
        ("t1.from", "dock-3", "Dock 1", "source", "Dock 3"),
        ("t1.item", "water", "tote", "item", "pallet of water"),
        ("t1.item", "the blue toolbox", "", "item", "the blue toolbox"),
        ("t1.robot", "fl-1", "AMR-1", "robot", "FL-1"),
        ("t1.robot_type", "fork", "", "robot_type", "forklift"),
        ("t1.quantity", "12", "1", "quantity", 12),
        ("t1.priority", "urgent", "", "priority", "urgent"),
        ("t1.not_before", "15:30", "", "not_before", "15:30"),
        ("t1.not_before", "20", "", "not_before", InMinutes(in_minutes=20)),
        ("t1.until", "45", "", "deadline", WithinMinutes(within_minutes=45)),
        ("t1.repeat", "3", "", "repeat", Repeat(times=3)),
    ],
)
def test_a_slot_takes_a_value_of_its_kind_in_the_registrys_spelling(
    address: str, value: str, was: str, field: str, expected: Any
) -> None:
    changed = after(PLAN, address, value, was)
    assert getattr(changed.tasks[0], field) == expected
    assert changed.tasks[1] == TOUR


def test_of_several_names_the_one_that_was_wrong_is_replaced_in_its_place() -> None:
    assert after(PLAN, "t2.stops", "Rack A-02", "Dock 2").tasks[1].stops == ("Dock 1", "Rack A-02", "Dock 3")
    assert after(PLAN, "t2.avoid", "Crossing", "Packing").tasks[1].avoid == ("Crossing",)
    assert after(CLOSE, "control.targets", "Inbound").control == ControlIr(action=ControlAction.CLOSE_AREA, targets=("Inbound",))


def test_a_series_keeps_its_other_half() -> None:
    series = plan(repeat=Repeat(every_minutes=30, until="18:00"))
    assert after(series, "t1.repeat", "20", "30 minutes").tasks[0].repeat == Repeat(every_minutes=20, until="18:00")
    assert after(series, "t1.until", "17:00", "18:00").tasks[0].repeat == Repeat(every_minutes=30, until="17:00")


def test_a_speed_is_given_in_percent_or_metres_a_second() -> None:
    slow = CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=ControlAction.SET_SPEED, speed=Speed(percent=50)))
    changed = after(slow, "control.speed", "0.8 m/s", "50 percent").control
    assert changed is not None
    assert changed.speed == Speed(mps=0.8)


@pytest.mark.parametrize(
    ("address", "value", "was", "kind", "field", "fix"),
    [
        ("t9.to", "Dock 1", "", NotFound, "slot", "t1 or t2"),
        ("t1.colour", "red", "", NotFound, "slot", "from"),
        ("nothing", "red", "", NotFound, "slot", "t1 or t2"),
        ("t1.to", "Packing 7", "", NotFound, "value", "Packing 1"),
        ("t1.to", "Zanzibar", "", NotFound, "value", "Break Room"),
        ("t1.robot", "Dock 1", "", NotFound, "value", "AMR-1"),
        ("t1.to", "  ", "", InvalidInput, "value", "name"),
        ("t1.to", "Dock 2", "Dock 3", Conflict, "was", "again"),
        ("t2.stops", "Rack A-02", "", InvalidInput, "was", "Dock 1, Dock 2 or Dock 3"),
        ("t2.stops", "Rack A-02", "Parking 1", Conflict, "was", "again"),
        ("t1.quantity", "a few", "", InvalidInput, "value", "digits"),
        ("t1.quantity", "4", "3", Conflict, "was", "again"),
        ("t1.not_before", "soon", "", InvalidInput, "value", "HH:MM"),
        ("t1.priority", "asap", "", InvalidInput, "value", "urgent"),
        ("control.targets", "Dock 1", "", NotFound, "slot", "t1 or t2"),
    ],
)
def test_what_does_not_fit_is_refused_with_field_and_fix(
    address: str, value: str, was: str, kind: type[FleetError], field: str, fix: str
) -> None:
    with pytest.raises(kind) as refused:
        after(PLAN, address, value, was)
    assert refused.value.field == field
    assert fix in refused.value.fix


def test_an_item_that_nobody_knows_needs_a_place_to_fetch_it_from() -> None:
    with pytest.raises(NotFound, match="there is no item"):
        after(plan(source=None), "t1.item", "the blue toolbox")


def word(means: str, *slots_said: str, start: int = 0, kind: str = "place") -> Understood:
    return Understood(start=start, end=start + 1, kind=kind, means=(means,), slots=slots_said)


def test_words_are_told_at_the_slots_that_they_really_filled() -> None:
    """A translator may note both destinations and the shared source at the first job only."""
    two = (BRING, msgspec.structs.replace(BRING, ref="t2", target="Packing 2"))
    ir = CommandIr(outcome=Outcome.PLAN, tasks=two)
    said = (
        word("Dock 1", "t1.from"),
        word("Packing 1", "t1.to"),
        word("Packing 2", "t1.to"),
        word("3", "t1.quantity", kind="number"),
    )
    told = [w.slots for w in settled(said, ir, SITE.areas)]
    assert told == [("t1.from", "t2.from"), ("t1.to",), ("t2.to",), ("t1.quantity",)]


def test_a_name_said_twice_keeps_its_two_slots_apart() -> None:
    there = msgspec.structs.replace(BRING, ref="t2", source="Packing 1", target="Dock 2")
    ir = CommandIr(outcome=Outcome.PLAN, tasks=(BRING, there))
    said = (word("Packing 1", "t1.to"), word("Packing 1", "t2.from"), word("Dock 3"))
    assert [w.slots for w in settled(said, ir, SITE.areas)] == [("t1.to",), ("t2.from",), ()]


def test_a_name_said_as_often_as_it_is_used_fills_one_slot_each_time() -> None:
    """A translator that knows each name once notes every use at every place where it is said."""
    there = msgspec.structs.replace(BRING, ref="t2", source="Packing 1", target="Dock 2")
    ir = CommandIr(outcome=Outcome.PLAN, tasks=(BRING, there))
    both = ("t1.to", "t2.from")
    assert [w.slots for w in settled((word("Packing 1", *both), word("Packing 1", *both)), ir, SITE.areas)] == [
        ("t1.to",),
        ("t2.from",),
    ]
    assert [w.slots for w in settled((word("Packing 1", *both),), ir, SITE.areas)] == [both]


def test_places_to_clean_are_told_at_the_stops_that_they_became() -> None:
    ir = CommandIr(outcome=Outcome.PLAN, tasks=(TaskIr(ref="t1", action=Action.CLEAN, stops=("Dock 1", "Dock 2")),))
    said = (word("Dock 1", "t1.to"), word("Dock 2", "t1.to"))
    assert [w.slots for w in settled(said, ir, SITE.areas)] == [("t1.stops",), ("t1.stops",)]
    assert after(ir, "t1.stops", "Dock 3", "Dock 2").tasks[0].stops == ("Dock 1", "Dock 3")


def test_words_outside_the_sentence_or_over_each_other_are_left_out() -> None:
    words = [word("a", start=0), word("b", start=0), word("c", start=9), Understood(start=3, end=2, kind="place", means=("d",))]
    assert [w.means for w in plausible(words, "abc")] == [("a",)]
