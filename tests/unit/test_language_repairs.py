"""What a sentence says in so many words is done even where the model left it out, and nothing else is changed."""

from __future__ import annotations

import pytest

from llm_planner.core import skeleton
from llm_planner.core.delex import Delexed
from llm_planner.core.repairs import repaired


def repair(text: str, written: str) -> str:
    return skeleton.render(repaired(skeleton.parse(written), Delexed(text, text, {})))


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        ("split N1 I1 over P1 and P2", "move I1 x N1 to P1 P2", "move I1 split N1 to P1 P2"),
        ("reparte N1 I1 a partes iguales", "move I1 x N1 to P1 ; and move I1 x N1 to P2", "move I1 split N1 to P1 P2"),
        ("N1 I1 moitié P1 moitié P2", "move I1 x N1 from P3 to P1 P2 robot R1", "move I1 split N1 from P3 to P1 P2 robot R1"),
        ("N1 I1 each to P1 and P2", "move I1 x N1 to P1 P2", "move I1 x N1 to P1 P2"),
        ("split I1 over P1 and P2", "move I1 to P1 P2", "move I1 to P1 P2"),
        ("I1 to P1 asap", "move I1 to P1", "move I1 to P1 prio high"),
        ("eilt nicht: I1 zu P1", "move I1 to P1", "move I1 to P1 prio low"),
        ("I1 送到 P1 ,紧急", "move I1 to P1", "move I1 to P1 prio urgent"),
        ("not in a hurry, I1 to P1", "move I1 to P1", "move I1 to P1"),
        ("I1 to P1 asap", "move I1 to P1 prio urgent", "move I1 to P1 prio urgent"),
        ("asap: I1 to P1, then R1 to P2", "move I1 to P1 ; then go P2 robot R1", "move I1 to P1 ; then go P2 robot R1"),
        ("pause R1 asap", "pause R1", "pause R1"),
    ],
)
def test_shares_and_haste_are_put_in_where_nothing_else_can_be_meant(text: str, written: str, expected: str) -> None:
    assert repair(text, written) == expected
