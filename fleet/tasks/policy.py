"""A command judged by the site's language policy: who asks, what for, how much, where; and how it must be confirmed.

Pure, on the canonical Command IR, so that cloud and edge node judge alike. It runs between translation and preview, and again
at the confirmation, when the policy, the people or the site may be others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.contracts.command_ir import CommandIr, ControlAction, ControlIr, Outcome, TaskIr
from fleet.contracts.commands import Risk
from fleet.contracts.errors import Forbidden
from fleet.contracts.policy import CANCEL_OTHERS, HIGH_RISK, OPERATOR, QUERY, LanguagePolicySpec, Role, covers
from fleet.contracts.resources import AnyResource
from fleet.tasks.control import resolve_targets
from fleet.tasks.names import listed
from fleet.tasks.people import is_people
from fleet.tasks.risk import AT_ONCE, worst
from fleet.tasks.site import Site

#: What holds where a site has no LanguagePolicy.
NO_POLICY = LanguagePolicySpec()


class PolicyRefused(Forbidden):
    """The policy says no. `rule`: the part of it that does, as "second_person" or "roles.picker.may"; also in `field`."""

    def __init__(self, detail: str, *, rule: str, fix: str, field: str = "") -> None:
        super().__init__(detail, field=field or f"LanguagePolicy spec.{rule}", fix=fix)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """`risk`: how it must be confirmed. `rule`: the part of the policy that raised it, "" for none."""

    risk: Risk
    rule: str = ""


def judge(policy: LanguagePolicySpec, ir: CommandIr, site: Site, *, by: str, base: Risk) -> Verdict:
    """`by`: who asks (or confirms). `base`: the risk of the command itself (fleet/tasks/risk.py). Raises PolicyRefused.

    A stop, and whatever only makes robots stand still, is never refused.
    """
    if ir.outcome in (Outcome.CLARIFY, Outcome.REJECT) or _stands_still(ir):
        return Verdict(base)
    _no_people(ir.tasks)
    acts = acts_of(ir, site, by=by)
    _may(policy, acts, by)
    _limits(policy, ir.tasks)
    _zones(policy, ir, site)
    return _risk(policy, acts, base)


def policy_of(policies: Iterable[AnyResource]) -> LanguagePolicySpec:
    """The site's one LanguagePolicy (the first by name, should there be more), or NO_POLICY."""
    found = sorted(policies, key=lambda resource: resource.metadata.name)
    spec: LanguagePolicySpec = found[0].spec if found else NO_POLICY
    return spec


def role_of(policy: LanguagePolicySpec, by: str) -> str:
    """The person's role; "" for somebody whom the policy does not know (any more)."""
    if by == OPERATOR:
        return policy.operator_role
    user = policy.users.get(by)
    return user.role if user is not None else ""


def may_use_direct_doors(policy: LanguagePolicySpec, by: str) -> bool:
    """Whether this person may also use the API without language (apply, missions, controls, ...)."""
    return by == OPERATOR or policy.roles.get(role_of(policy, by), Role(direct=False)).direct


def acts_of(ir: CommandIr, site: Site, *, by: str) -> tuple[str, ...]:
    """Everything that the command would do, as the policy names it, each once."""
    acts = [task.action.value for task in ir.tasks]
    if ir.outcome is Outcome.QUERY:
        acts.append(QUERY)
    if ir.control is not None:
        acts.append(ir.control.action.value)
        if ir.control.action is ControlAction.CANCEL and _cancels_others(ir.control, site, by):
            acts.append(CANCEL_OTHERS)
    return tuple(dict.fromkeys(acts))


def _stands_still(ir: CommandIr) -> bool:
    return ir.control is not None and ir.control.action in AT_ONCE and not ir.tasks


def _cancels_others(control: ControlIr, site: Site, by: str) -> bool:
    targets = resolve_targets(control, site)
    robots = set(targets.robots)
    missions = set(targets.missions)
    for name, task in site.tasks.items():
        planned = task.spec.assignment.robot if task.spec.assignment else ""
        if not task.status.phase.ended and (name in targets.tasks or (task.status.robot or planned) in robots):
            missions.add(task.spec.mission)
    return any(mission in site.missions and site.missions[mission].spec.created_by != by for mission in missions)


def _may(policy: LanguagePolicySpec, acts: Iterable[str], by: str) -> None:
    if not policy.roles:
        return
    role = role_of(policy, by)
    may = policy.roles[role].may if role in policy.roles else ()
    for act in acts:
        if not covers(may, act):
            who = f"{by} ({role or 'no role'})" if by != role else by
            rule = f"roles.{role}.may" if role else "users"
            raise PolicyRefused(f"{who} may not ask for {act}", rule=rule, fix=f"somebody whose role has {act} may")


def _no_people(tasks: tuple[TaskIr, ...]) -> None:
    """Not a matter of policy: whatever a registry calls its items, nobody is carried."""
    for i, task in enumerate(tasks):
        if task.item is not None and is_people(task.item):
            fix = "guide them there, or name the thing that is to be carried"
            raise PolicyRefused(f"robots carry no {task.item}", rule="people", fix=fix, field=f"tasks[{i}].item")


def _limits(policy: LanguagePolicySpec, tasks: tuple[TaskIr, ...]) -> None:
    limits = policy.limits
    if len(tasks) > limits.tasks_max:
        fix = f"at most {limits.tasks_max} in one sentence"
        raise PolicyRefused(f"{len(tasks)} jobs at once", rule="limits.tasks_max", fix=fix)
    items = sum(t.quantity * ((t.repeat.times if t.repeat is not None else None) or 1) for t in tasks if t.item is not None)
    if items > limits.quantity_max:
        fix = f"at most {limits.quantity_max} in one sentence"
        raise PolicyRefused(f"{items} items at once", rule="limits.quantity_max", fix=fix)


def _zones(policy: LanguagePolicySpec, ir: CommandIr, site: Site) -> None:
    if not policy.forbidden_zones:
        return
    closed = {place for zone in policy.forbidden_zones for place in _places(zone, site)}
    for name in _goes_to(ir, site):
        hit = [place for place in _places(name, site) if place in closed]
        if hit:
            fix = "name another place, or change the policy"
            raise PolicyRefused(f"no sentence may send a robot to {listed(hit)}", rule="forbidden_zones", fix=fix)


def _goes_to(ir: CommandIr, site: Site) -> Iterable[str]:
    """Every place that a robot would stop at, and every place that would be opened."""
    for task in ir.tasks:
        item = site.items.get(task.item or "")
        source = task.source or (item.home if item is not None else None)
        yield from (name for name in (source, task.target, *task.stops) if name)
    if ir.control is not None and ir.control.action is ControlAction.OPEN_AREA:
        yield from resolve_targets(ir.control, site).places


def _places(name: str, site: Site) -> tuple[str, ...]:
    """A place, or the places of an area; the name in any spelling that the site knows."""
    place = site.find_place(name)
    if place is not None:
        return (place.name,)
    area = site.find_area(name)
    return site.areas[area] if area is not None else ()


def _risk(policy: LanguagePolicySpec, acts: Iterable[str], base: Risk) -> Verdict:
    verdict = Verdict(base)
    for act in acts:
        if covers(policy.high_risk, act):
            verdict = Verdict(worst(verdict.risk, Risk.HIGH), "high_risk")
    for act in acts:
        if covers(policy.second_person, act) or (HIGH_RISK in policy.second_person and verdict.risk is Risk.HIGH):
            return Verdict(Risk.SECOND_PERSON, "second_person")
    return verdict
