"""A site's rules for language: what may be asked for in words, by whom, and what takes a second person.

One LanguagePolicy a site (a resource like any other: `drover apply -f policy.yaml`). Without one everything is allowed that
a site can do at all, and one confirmation is enough. It is judged by code on the Command IR (fleet/tasks/policy.py); no
model is asked, and nothing that a sentence or a name says can change it.
"""

from __future__ import annotations

import re

import msgspec

from fleet.contracts.command_ir import QUANTITY_MAX, TASKS_PER_COMMAND_MAX, Action, ControlAction
from fleet.contracts.errors import InvalidInput

#: Who holds the site's one token, where people have none of their own.
OPERATOR = "operator"
ALL_ACTS, PLANS, CONTROLS, QUERY, CANCEL_OTHERS = "*", "plan", "control", "query", "cancel_others"
#: What a rule may name: a kind of job, a control, a question; `cancel_others`: ending work that somebody else has asked for.
ACTS = frozenset([*(a.value for a in Action), *(a.value for a in ControlAction), QUERY, CANCEL_OTHERS])
#: Words for many acts at once.
GROUPS: dict[str, frozenset[str]] = {
    ALL_ACTS: ACTS,
    PLANS: frozenset(a.value for a in Action),
    CONTROLS: frozenset([*(a.value for a in ControlAction), CANCEL_OTHERS]),
}
#: In `second_person`: any command of high risk.
HIGH_RISK = "high"
ZONES_MAX, ROLES_MAX, USERS_MAX = 200, 50, 500

_SHA256 = re.compile(r"^[0-9a-f]{64}$")


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class Role(_Part, frozen=True, kw_only=True):
    """`may`: acts and groups; asking to stop and to stand still is everybody's. `direct`: also the doors without language."""

    may: tuple[str, ...] = (ALL_ACTS,)
    direct: bool = False


class User(_Part, frozen=True, kw_only=True):
    """A person with a token of their own, kept as its SHA-256 in hexadecimal digits (`drover token` makes both)."""

    role: str
    token_sha256: str


class LanguageLimits(_Part, frozen=True, kw_only=True):
    """For one sentence. `quantity_max`: items that it moves in all, repeats counted."""

    tasks_max: int = TASKS_PER_COMMAND_MAX
    quantity_max: int = QUANTITY_MAX * TASKS_PER_COMMAND_MAX


class LanguagePolicySpec(_Part, frozen=True, kw_only=True):
    """`forbidden_zones`: places or areas that no sentence sends a robot to, fetches from or opens, beside no_robot_zones.

    `roles` empty: anybody may say anything. `operator_role`: of who comes with the site's own token. `high_risk`: acts that
    are always of high risk. `second_person`: acts (or "high") that two different people must confirm.
    """

    forbidden_zones: tuple[str, ...] = ()
    roles: dict[str, Role] = {}
    users: dict[str, User] = {}
    operator_role: str = OPERATOR
    limits: LanguageLimits = LanguageLimits()
    high_risk: tuple[str, ...] = ()
    second_person: tuple[str, ...] = ()


class LanguagePolicyStatus(_Part, frozen=True, kw_only=True):
    pass


def check_policy(spec: LanguagePolicySpec) -> None:
    """What makes sense by itself; zones are judged with the site's names. Raises InvalidInput naming the field."""
    for field, number, most in (
        ("forbidden_zones", len(spec.forbidden_zones), ZONES_MAX),
        ("roles", len(spec.roles), ROLES_MAX),
        ("users", len(spec.users), USERS_MAX),
    ):
        if number > most:
            raise InvalidInput(f"{number} entries", field=f"spec.{field}", fix=f"give at most {most}")
    for name, role in spec.roles.items():
        _acts(role.may, f"spec.roles.{name}.may")
    _acts(spec.high_risk, "spec.high_risk")
    _acts(tuple(act for act in spec.second_person if act != HIGH_RISK), "spec.second_person")
    for field, value in (("tasks_max", spec.limits.tasks_max), ("quantity_max", spec.limits.quantity_max)):
        if value < 1:
            raise InvalidInput(f"{value}", field=f"spec.limits.{field}", fix="use 1 or more")
    _people(spec)


def _people(spec: LanguagePolicySpec) -> None:
    if spec.roles and spec.operator_role not in spec.roles:
        known = ", ".join(sorted(spec.roles))
        raise InvalidInput(f"no role {spec.operator_role!r}", field="spec.operator_role", fix=f"use one of {known}, or add it")
    for name, user in spec.users.items():
        if not name.strip() or name == OPERATOR:
            raise InvalidInput(
                f"{name!r}", field="spec.users", fix=f"give the person's own name ({OPERATOR} is the site's token)"
            )
        if spec.roles and user.role not in spec.roles:
            raise InvalidInput(f"no role {user.role!r}", field=f"spec.users.{name}.role", fix="add it to spec.roles")
        if not _SHA256.match(user.token_sha256):
            fix = "64 hexadecimal digits: `drover token` makes a token and its hash"
            raise InvalidInput("not a SHA-256", field=f"spec.users.{name}.token_sha256", fix=fix)
    if len({user.token_sha256 for user in spec.users.values()}) < len(spec.users):
        raise InvalidInput("two people have one token", field="spec.users", fix="give each a token of their own")
    if spec.second_person and not spec.users:
        fix = "add the people who confirm under spec.users: with one token there is no second person"
        raise InvalidInput("nobody could be the second person", field="spec.second_person", fix=fix)


def _acts(acts: tuple[str, ...], field: str) -> None:
    for i, act in enumerate(acts):
        if act not in ACTS and act not in GROUPS:
            known = ", ".join([*sorted(GROUPS), *sorted(ACTS)])
            raise InvalidInput(f"no act {act!r}", field=f"{field}[{i}]", fix=f"use one of {known}")


def covers(acts: tuple[str, ...], act: str) -> bool:
    """Whether a rule's list names the act, by itself or in a group."""
    return any(named == act or act in GROUPS.get(named, ()) for named in acts)
