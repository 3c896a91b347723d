"""The language policy: who may ask for what, where and how much, and how many people must confirm it."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.contracts import codec, manifest
from fleet.contracts.command_ir import Action, CommandIr, ControlAction, ControlIr, Outcome, Repeat, TaskIr
from fleet.contracts.commands import Risk
from fleet.contracts.errors import InvalidInput
from fleet.contracts.policy import LanguageLimits, LanguagePolicySpec, Role, User
from fleet.tasks.policy import NO_POLICY, PolicyRefused, judge, may_use_direct_doors, policy_of
from tests.unit import sites

NOW = sites.NOW
SITE = sites.Site.build(sites.SITE, sites.resources(), NOW)
ANNA = User(role="picker", token_sha256="a" * 64)
PEOPLE = LanguagePolicySpec(
    roles={
        "operator": Role(),
        "picker": Role(may=("transport", "goto", "query")),
        "boss": Role(may=("plan", "control"), direct=True),
    },
    users={"anna": ANNA, "ben": User(role="boss", token_sha256="b" * 64)},
)


def move(source: str = "Dock 1", target: str = "Packing 1", **more: Any) -> CommandIr:
    task = TaskIr(ref="t1", action=Action.TRANSPORT, item=more.pop("item", "tote"), source=source or None, target=target, **more)
    return CommandIr(outcome=Outcome.PLAN, tasks=(task,))


def control(action: ControlAction, *targets: str) -> CommandIr:
    return CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=action, targets=targets or ("all",)))


def risk(policy: LanguagePolicySpec, ir: CommandIr, by: str = "operator", base: Risk = Risk.MEDIUM) -> Risk:
    return judge(policy, ir, SITE, by=by, base=base).risk


def refused(policy: LanguagePolicySpec, ir: CommandIr, by: str = "operator") -> str:
    with pytest.raises(PolicyRefused) as told:
        judge(policy, ir, SITE, by=by, base=Risk.LOW)
    assert told.value.rule in told.value.field
    assert told.value.fix
    return told.value.rule


def test_without_a_policy_the_one_operator_may_do_everything_with_one_confirmation() -> None:
    for ir in (move(), control(ControlAction.OPEN_AREA, "Dock 1"), control(ControlAction.CANCEL), control(ControlAction.RESUME)):
        assert risk(NO_POLICY, ir) is Risk.MEDIUM
    assert policy_of(()) is NO_POLICY


def test_a_role_may_ask_for_what_it_lists_and_for_nothing_else() -> None:
    assert risk(PEOPLE, move(), by="anna") is Risk.MEDIUM
    assert refused(PEOPLE, control(ControlAction.OPEN_AREA, "Dock 1"), by="anna") == "roles.picker.may"
    assert refused(
        PEOPLE, CommandIr(outcome=Outcome.PLAN, tasks=(TaskIr(ref="t", action=Action.CLEAN, target="Dock 1"),)), by="anna"
    )
    assert risk(PEOPLE, control(ControlAction.OPEN_AREA, "Dock 1"), by="ben") is Risk.MEDIUM
    assert refused(PEOPLE, move(), by="somebody who was deleted") == "users"


@pytest.mark.parametrize("action", [ControlAction.EMERGENCY_STOP, ControlAction.PAUSE])
def test_standing_still_is_refused_to_nobody_and_waits_for_nobody(action: ControlAction) -> None:
    strict = LanguagePolicySpec(
        roles={"operator": Role(may=())}, users={"anna": ANNA}, second_person=("*",), forbidden_zones=("Dock 1",)
    )
    assert risk(strict, control(action)) is Risk.MEDIUM
    assert risk(strict, control(action, "Dock 1"), by="a stranger") is Risk.MEDIUM


def test_no_sentence_sends_a_robot_to_fetches_from_or_opens_a_forbidden_zone() -> None:
    policy = LanguagePolicySpec(forbidden_zones=("Storage", "door 3"))
    for ir in (
        move(source="Rack A-02"),
        move(target="Dock 3"),
        move(stops=("Dock 3",)),
        move(source="", item="pallet of water"),  # its home is in Storage
        control(ControlAction.OPEN_AREA, "Inbound"),
        CommandIr(outcome=Outcome.PLAN, tasks=(TaskIr(ref="t", action=Action.GOTO, target="Inbound"),)),
    ):
        assert refused(policy, ir) == "forbidden_zones"
    assert risk(policy, move(avoid=("Dock 3",))) is Risk.MEDIUM
    assert risk(policy, control(ControlAction.CLOSE_AREA, "Dock 3")) is Risk.MEDIUM


@pytest.mark.parametrize("item", ["people", "Patients", "the guard", "den Kollegen", "les personnes", "niños", "病人", "PERSON"])
def test_nobody_is_carried_whatever_a_registry_calls_its_items(item: str) -> None:
    with pytest.raises(PolicyRefused) as told:
        judge(NO_POLICY, move(item=item), SITE, by="operator", base=Risk.LOW)
    assert told.value.field == "tasks[0].item"


@pytest.mark.parametrize("item", ["patient meals", "tote", "guard rail", "kids' menu", "Personalakten", "人参"])
def test_a_thing_that_is_only_named_after_people_is_carried(item: str) -> None:
    assert risk(NO_POLICY, move(item=item)) is Risk.MEDIUM


def test_one_sentence_moves_no_more_than_the_limits() -> None:
    policy = LanguagePolicySpec(limits=LanguageLimits(tasks_max=2, quantity_max=10))
    assert risk(policy, move(quantity=10)) is Risk.MEDIUM
    assert refused(policy, move(quantity=11)) == "limits.quantity_max"
    assert refused(policy, move(quantity=4, repeat=Repeat(times=3))) == "limits.quantity_max"
    many = tuple(TaskIr(ref=f"t{i}", action=Action.GOTO, target="Dock 1") for i in range(3))
    assert refused(policy, CommandIr(outcome=Outcome.PLAN, tasks=many)) == "limits.tasks_max"


def test_the_policy_raises_the_risk_and_never_lowers_it() -> None:
    policy = LanguagePolicySpec(high_risk=("transport",), second_person=("open_area", "high"), users={"anna": ANNA})
    assert risk(LanguagePolicySpec(high_risk=("transport",)), move()) is Risk.HIGH
    assert risk(policy, move()) is Risk.SECOND_PERSON
    assert risk(policy, control(ControlAction.OPEN_AREA, "Dock 1"), base=Risk.LOW) is Risk.SECOND_PERSON
    assert risk(policy, control(ControlAction.RECALL), base=Risk.HIGH) is Risk.SECOND_PERSON
    assert risk(policy, control(ControlAction.RECALL)) is Risk.MEDIUM


def test_ending_what_somebody_else_has_asked_for_is_an_act_of_its_own() -> None:
    world = sites.Site.build(sites.SITE, [*sites.resources(), *sites_mission("m-1", by="ben")], NOW)
    policy = LanguagePolicySpec(roles={"operator": Role(), "picker": Role(may=("cancel",))}, users={"anna": ANNA})
    with pytest.raises(PolicyRefused, match="cancel_others"):
        judge(policy, control(ControlAction.CANCEL, "m-1"), world, by="anna", base=Risk.LOW)
    own = sites.Site.build(sites.SITE, [*sites.resources(), *sites_mission("m-1", by="anna")], NOW)
    assert judge(policy, control(ControlAction.CANCEL, "m-1"), own, by="anna", base=Risk.LOW).risk is Risk.LOW


def sites_mission(name: str, *, by: str) -> list[Any]:
    document = {"kind": "Mission", "metadata": {"name": name, "site": sites.SITE}, "spec": {"title": name, "created_by": by}}
    return [manifest.parse(document)]


def test_a_token_of_ones_own_opens_the_direct_doors_by_role_only() -> None:
    assert may_use_direct_doors(PEOPLE, "operator")
    assert may_use_direct_doors(PEOPLE, "ben")
    assert not may_use_direct_doors(PEOPLE, "anna")
    assert not may_use_direct_doors(PEOPLE, "nobody")


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"second_person": ["open_area"]}, "spec.second_person"),
        ({"roles": {"picker": {}}}, "spec.operator_role"),
        ({"roles": {"operator": {"may": ["fly"]}}}, "spec.roles.operator.may[0]"),
        ({"high_risk": ["sing"]}, "spec.high_risk[0]"),
        ({"limits": {"tasks_max": 0}}, "spec.limits.tasks_max"),
        ({"users": {"anna": {"role": "x", "token_sha256": "secret"}}}, "spec.users.anna.token_sha256"),
        ({"users": {"operator": {"role": "x", "token_sha256": "a" * 64}}}, "spec.users"),
        ({"users": {n: {"role": "x", "token_sha256": "a" * 64} for n in ("anna", "ben")}}, "spec.users"),
        ({"forbiden_zones": ["Dock 1"]}, "spec.forbiden_zones"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_with_the_field(spec: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as told:
        manifest.parse({"kind": "LanguagePolicy", "metadata": {"name": "floor"}, "spec": spec})
    assert told.value.field == field


def test_a_policy_comes_through_its_manifest_unchanged() -> None:
    document = {"kind": "LanguagePolicy", "metadata": {"name": "floor"}, "spec": codec.to_builtins(PEOPLE)}
    assert manifest.parse(document).spec == PEOPLE
