"""Nobody is let in where nobody gets out while a robot stands still."""

from __future__ import annotations

from tests.unit.test_traffic_control import control, drive, nodes, site

#: a ring s1 > s2 > s3 > s4 > s1, and a one-way aisle s1 > a > b > c > s3 with a station p off b
AISLE = site(
    {
        "s1": (0, 0),
        "s2": (0, 12),
        "s3": (12, 12),
        "s4": (12, 0),
        "a": (3, 5),
        "b": (6, 6),
        "c": (9, 9),
        "p": (6, 2),
        "h": (-4, 0),
        "k": (16, 0),
    },
    "s1>s2 s2>s3 s3>s4 s4>s1 s1>a a>b b>c c>s3 b-p s1-h s4-k",
)


def test_a_one_way_aisle_behind_a_stalled_robot_is_not_entered_until_it_is_free_again() -> None:
    traffic = control(AISLE, A="h", B="k")
    traffic.place("B", "c", now=0.0)
    traffic.set_obstacle("B", True, now=0.0)
    assert traffic.shut_in() == {"a", "b", "p"}
    traffic.set_goal("A", "p", now=0.0)
    for now in range(20):
        traffic.step(float(now))
        drive(traffic, "A", float(now))
    assert traffic.route("A").nodes[0] in ("h", "s1")
    assert "could not be left again" in traffic.route("A").reason
    traffic.set_obstacle("B", False, now=20.0)
    assert traffic.shut_in() == frozenset()
    assert nodes(traffic.step(21.0), "A")
