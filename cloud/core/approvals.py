"""Who may have a command done, and whether enough people have said so: the site's LanguagePolicy on the cloud's commands.

It is asked twice: before a plan is shown, and again at each confirmation, on the policy and the site of that moment.
"""

from __future__ import annotations

import msgspec

from cloud.core.model import Model
from fleet.contracts.command_ir import CommandIr
from fleet.contracts.commands import Command, CommandState, PlanPreview, Risk
from fleet.contracts.errors import Conflict
from fleet.contracts.policy import LanguagePolicySpec
from fleet.contracts.resources import Kind
from fleet.tasks.policy import judge, policy_of
from fleet.tasks.risk import control_risk, people_needed, worst
from fleet.tasks.site import Site


def site_policy(model: Model) -> LanguagePolicySpec:
    """The site's policy, or the one that allows everything."""
    return policy_of(model.of_kind(Kind.LANGUAGE_POLICY))


def check(model: Model, ir: CommandIr, site: Site, *, by: str) -> None:
    """Before anything is done for a command. Raises PolicyRefused."""
    judge(site_policy(model), ir, site, by=by, base=Risk.LOW)


def shown(model: Model, command: Command, ir: CommandIr, site: Site, preview: PlanPreview) -> tuple[Command, PlanPreview]:
    """A plan that is about to be shown: the policy's risk, and nobody's confirmation yet. Raises PolicyRefused."""
    verdict = judge(site_policy(model), ir, site, by=command.created_by, base=preview.risk)
    unconfirmed = msgspec.structs.replace(command, rule=verdict.rule, confirmations=())
    return unconfirmed, msgspec.structs.replace(preview, risk=verdict.risk)


def confirmed(model: Model, command: Command, ir: CommandIr, site: Site, *, by: str) -> Command:
    """The planned command with this person's confirmation. Whoever asked and whoever confirms must both be allowed to.

    Raises PolicyRefused; Conflict where the same person confirms twice, or the command needs more care than was shown.
    """
    if command.state is not CommandState.PLANNED or command.plan is None:
        fix = "only a plan on show is confirmed"
        raise Conflict(f"command {command.id} is {command.state}", field="state", fix=fix)
    base = command.plan.risk
    if ir.control is not None:
        base = worst(base, control_risk(ir.control, site))
    policy = site_policy(model)
    verdicts = [judge(policy, ir, site, by=person, base=base) for person in dict.fromkeys((command.created_by, by))]
    verdict = max(verdicts, key=lambda v: people_needed(v.risk))
    if by in command.confirmations and people_needed(verdict.risk) > len(command.confirmations):
        fix = "somebody else must confirm it, with a token of their own"
        raise Conflict(f"{by} has confirmed already; this takes two people", field="confirmations", fix=fix)
    return msgspec.structs.replace(
        command,
        plan=msgspec.structs.replace(command.plan, risk=verdict.risk),
        rule=verdict.rule,
        confirmations=tuple(dict.fromkeys((*command.confirmations, by))),
    )


def needs_another_look(before: Command, after: Command) -> bool:
    """Whether the risk has risen since the plan was shown: nobody has agreed to that yet."""
    assert before.plan is not None
    assert after.plan is not None
    return worst(before.plan.risk, after.plan.risk) is not before.plan.risk


def is_enough(command: Command) -> bool:
    """Whether as many people have confirmed as the risk takes."""
    assert command.plan is not None
    return len(command.confirmations) >= people_needed(command.plan.risk)
