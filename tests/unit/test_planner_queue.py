"""The planner's queue: interactive before batch, in order, bounded, and nobody admitted who cannot be answered in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from fleet.contracts.errors import DeadlineMissed, QueueFull, RemoteFault, Transient
from llm_planner.models.queue import Ticket, TranslationQueue
from llm_planner.models.tiers import PAUSES_S, UNUSABLE_MAX, Breaker


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())

    run.__name__ = test.__name__
    return run


def measured(queue: TranslationQueue, sentence_s: float) -> None:
    """One sentence has taken so long."""
    ticket = queue.admit(0.0, deadline_s=60)
    queue.leave(ticket, sentence_s)


def whose_turn(tickets: dict[str, Ticket]) -> list[str]:
    return [name for name, ticket in tickets.items() if ticket.turn.done()]


@in_a_loop
async def test_interactive_sentences_go_before_batch_ones_and_each_class_in_order() -> None:
    queue = TranslationQueue(queue_max=9, batch_max=9)
    tickets: dict[str, Ticket] = {}
    for name in ("b1", "b2", "i1", "b3", "i2"):
        tickets[name] = queue.admit(0.0, deadline_s=60, batch=name.startswith("b"))
    order = []
    for now in range(1, 6):
        (current,) = whose_turn(tickets)
        order.append(current)
        queue.leave(tickets.pop(current), float(now))
    assert order == ["b1", "i1", "i2", "b2", "b3"]  # b1 had begun


@in_a_loop
async def test_each_class_is_bounded_by_itself() -> None:
    queue = TranslationQueue(queue_max=1, batch_max=2)
    for batch in (False, False, True, True):
        queue.admit(0.0, deadline_s=60, batch=batch)
    for batch in (False, True):
        with pytest.raises(QueueFull, match="try again in"):
            queue.admit(0.0, deadline_s=60, batch=batch)
    assert queue.waiting == {"interactive": 1, "batch": 2}


@in_a_loop
async def test_who_cannot_be_answered_in_time_is_refused_at_once_and_told_when() -> None:
    queue = TranslationQueue(queue_max=9, batch_max=9)
    measured(queue, 2.0)
    queue.admit(10.0, deadline_s=60)  # is computed until 12
    queue.admit(10.0, deadline_s=60, batch=True)
    assert queue.wait_s(11.0, batch=False) == pytest.approx(1.0)
    assert queue.wait_s(11.0, batch=True) == pytest.approx(3.0)
    queue.admit(11.0, deadline_s=3.5)
    with pytest.raises(QueueFull) as refused:
        queue.admit(11.0, deadline_s=3.5)
    assert refused.value.field == "deadline_s"
    assert refused.value.fix == "try again in 3 s, or allow 5 s"
    with pytest.raises(QueueFull):
        queue.admit(11.0, deadline_s=6.0, batch=True)


@in_a_loop
async def test_a_cold_start_does_not_shut_the_door() -> None:
    queue = TranslationQueue(queue_max=9, batch_max=9)
    measured(queue, 90.0)
    assert queue.admit(0.0, deadline_s=1.0).turn.done()  # nobody is ahead: it is tried


@in_a_loop
async def test_the_speed_is_a_median_of_the_last_sentences() -> None:
    queue = TranslationQueue(queue_max=9, batch_max=9)
    for seconds in (30.0, 0.5, 0.5, 0.4, 20.0, 0.6):
        measured(queue, seconds)
    assert queue.sentence_s == pytest.approx(0.55)


@in_a_loop
async def test_who_gave_up_keeps_nobody_waiting() -> None:
    queue = TranslationQueue(queue_max=9, batch_max=9)
    first, second, third = (queue.admit(0.0, deadline_s=60) for _ in range(3))
    second.turn.cancel()
    queue.leave(first, 1.0)
    assert third.turn.done()
    queue.leave(second, 1.0)
    queue.leave(third, 2.0)
    assert queue.admit(2.0, deadline_s=60).turn.done()


# ---- the breaker ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [Transient("away"), DeadlineMissed("late"), QueueFull("busy")])
def test_a_server_that_fails_is_left_alone_longer_each_time_and_one_success_ends_that(error: Transient) -> None:
    breaker, now = Breaker(), 100.0
    for pause_s in (*PAUSES_S, PAUSES_S[-1]):
        assert breaker.open_s(now) == 0.0
        breaker.failed(error, now)
        assert breaker.open_s(now) == pytest.approx(pause_s)
        now += pause_s + 0.001
    breaker.worked()
    breaker.failed(error, now)
    assert breaker.open_s(now) == pytest.approx(PAUSES_S[0])


def test_one_unusable_answer_may_be_the_sentences_fault_three_in_a_row_are_the_servers() -> None:
    breaker = Breaker()
    for _ in range(UNUSABLE_MAX - 1):
        breaker.failed(RemoteFault("chatty"), 0.0)
    assert breaker.open_s(0.0) == 0.0
    breaker.failed(RemoteFault("chatty"), 0.0)
    assert breaker.open_s(0.0) > 0.0
