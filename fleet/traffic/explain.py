"""Traffic in words: why a robot waits, who waits for whom in a circle, and the invariants that must always hold."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fleet.traffic import pibt
from fleet.traffic.engine import Engine
from fleet.traffic.members import Member, Members
from fleet.traffic.plant import Plant

#: `lines` names robots that have waited longer than this, seconds.
EXPLAIN_AFTER_S = 60.0


def why_waiting(engine: Engine, members: Members, plant: Plant, i: int, member: Member) -> tuple[str | None, str]:
    """(another robot or "closure" or None, reason); (None, "") while it does not wait."""
    if member.waiting_since is None:
        return None, ""
    edge = engine.next_edge(i)
    if edge < 0:
        return "closure", "closed areas cut the goal off"
    net, crew = engine.net, engine.crew
    node = engine.roads.node_ids[net.head[edge]]
    gate = plant.gate_of(edge)
    if gate is not None:
        return None, f"{gate.device} is to open" + (f" at {gate.target}" if gate.target else "")
    kind = pibt.way_is(net, crew, i, edge, engine.depth)
    if kind != pibt.FREE:
        holder = members.name(int(crew.blocker[i]))
        return holder, f"{holder} holds the way to {node}"
    full = [int(z) for z in net.zone_idx[net.zone_ptr[net.head[edge]] : net.zone_ptr[net.head[edge] + 1]]]
    full = [z for z in full if crew.inside[i, z] == 0 and crew.zone_n[z] >= net.zone_cap[z]]
    if full:
        inside = [j for j in range(engine.count) if crew.inside[j, full[0]] > 0]
        return (members.name(inside[0]) if inside else None), f"{plant.zone_names[full[0]]} has no room"
    if net.shut[net.head[edge]] and not net.shut[net.tail[edge]]:
        return None, f"{node} could not be left again: somebody stands still on the way out"
    keeper = int(crew.keep[net.head[edge]])
    if 0 <= keeper < engine.count and keeper != i:
        return members.name(keeper), f"{node} is kept free for {members.name(keeper)}, which has waited longest"
    held_by = int(crew.holder[crew.goal[i]])
    if held_by >= 0 and held_by != i:
        return members.name(held_by), f"{members.name(held_by)} stands at {member.goal}, and there is one way in and out"
    return None, "it goes on at the next decision"


def lines(engine: Engine, members: Members, plant: Plant, overlaps: Iterable[frozenset[str]], now: float) -> list[str]:
    """For people: robots too close together, circles of waiting, long waits, what is being done about them."""
    said = [f"{' and '.join(sorted(pair))} stand too close together: move one by hand" for pair in sorted(overlaps, key=sorted)]
    waits = {m.name: why_waiting(engine, members, plant, m.number, m) for m in members if m.waiting_since is not None}
    said += [f"{' waits for '.join((*ring, ring[0]))}" for ring in _rings({name: by for name, (by, _) in waits.items()})]
    for member in members:
        if member.waiting_since is not None and now - member.waiting_since > EXPLAIN_AFTER_S:
            waited_s = now - member.waiting_since
            at = engine.roads.node_ids[engine.crew.at[member.number]]
            said.append(f"{member.name} at {at} has waited {waited_s:.0f} s for {member.goal}: {waits[member.name][1]}")
    plan = engine.rescue.plan
    if plan is not None:
        done = f"{plan.done} of {len(plan.moves)} moves done"
        said.append(f"{len(plan.robots)} robots make way for {members.name(plan.of)}: {done}")
    return said


def _rings(waits_for: dict[str, str | None]) -> list[list[str]]:
    """Robots that wait for each other in a circle, each circle once, from its first name."""
    rings = []
    for start in waits_for:
        chain = [start]
        while (following := waits_for.get(chain[-1])) is not None and following not in chain and following in waits_for:
            chain.append(following)
        if following == start == min(chain):
            rings.append(chain)
    return rings


def check_tables(engine: Engine, overlapping: bool) -> None:
    """Assert that the tables say what the robots hold."""
    crew, net = engine.crew, engine.net
    held: dict[int, set[int]] = {}
    inside = np.zeros_like(crew.zone_n)
    for i in range(engine.count):
        if crew.at[i] < 0:
            assert crew.base_n[i] == 0, f"robot {i} is nowhere and holds something"
            continue
        base = crew.base[i, : crew.base_n[i]]
        for unit in {int(crew.at[i]), *net.head[base].tolist(), *net.unit[base].tolist()}:
            held.setdefault(unit, set()).add(i)
        inside += crew.inside[i] > 0
    taken = set(np.flatnonzero(crew.holder >= 0).tolist())
    assert taken == set(held), f"units {sorted(taken ^ set(held))[:5]} are held by nobody, or by one who is not noted"
    for unit, robots in held.items():
        assert int(crew.holder[unit]) in robots, f"unit {unit} is held by {robots}, noted is {crew.holder[unit]}"
        assert overlapping or len(robots) == 1, f"unit {unit} has holders {sorted(robots)}"
    assert np.array_equal(inside, crew.zone_n), "zones are counted wrongly"
