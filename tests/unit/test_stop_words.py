"""Stop words: what stops everything at once, in five languages and however it is shouted; and what must not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.tasks.stop_words import STOP_CHARS_MAX, STOP_PHRASES, is_stop, words

STOPS = {
    "en": "stop|Stop!!|STOP|halt|freeze|freeze everything|Stop everything now!|please stop now|all robots stop|E-STOP|emergency|"
    "Emergency stop, please|stop stop stop!|stooop|STOOOOP!!!|everybody stop|S T O P|hey, stop!|oh god stop stop|stop them all|"
    "abort all|Stop! There is somebody in aisle B",
    "de": "Stopp!|Not-Aus|NOTAUS|Nothalt!|alle anhalten|alles anhalten bitte|sofort anhalten|stopp stopp stopp|haltet alle an|"
    "alle Roboter stoppen|Stooopp!|bleibt stehen!|Notfall!|Stopp! Da liegt jemand",
    "fr": "Arrêtez tout|arrête tout !|arret d'urgence|ARRÊT D’URGENCE|stoppez|tout arrêter|halte|tout le monde stop|arrêtez|"
    "arrêtez tous les robots, vite|arrêêêtez|urgence",
    "es": "¡Alto!|alto|para|paren todo|¡PAREN!|parada de emergencia|detengan todo ya|deténganse|alto total|paren paren|aaalto|"
    "parar todos los robots|emergencia",
    "zh": "停|停！|停停停|急停|紧急停止|全部停下|所有机器人停止|请立刻停止|快停下来！|都别动|緊急停止|停下來",
    "others": "ferma tutto|noodstop|zatrzymaj wszystko|parem todos|止まれ|비상정지",
}
MORE_THAN_STOPS = {
    "en": "stop at dock 3|don't stop|do not stop|never stop|halt R1 at noon|stop AMR-4|stop AMR-4!|stop at dock 2 then charge|"
    "no stop|bring the stop sign to dock 1|go to bus stop|emergency! bring blood to Ward 3|freeze the samples in Cold Store|"
    "non-stop|the robots|please|all|why did it stop|stop when you get to dock 3|ok now",
    "de": "wo ist die Haltestelle|nicht anhalten|halt mal an der Rampe|Halte AMR-1 an|nicht stoppen|"
    "bring den Notaus-Taster zu Tor 3|alle|sofort bitte|stopp AMR-4 an Tor 2",
    "fr": "n'arrêtez pas|ne vous arrêtez pas|arrêtez AMR-1|arrêt au quai 3|va à l'arrêt de bus|tout le monde|s'il vous plaît",
    "es": "no pare|no paren|para el muelle 3|alto mando|lleva dos palés para Empaque 1|la parada 3|para AMR-2|por favor",
    "zh": "别停|不要停|停在3号码头|停止AMR-1|停车场在哪里|停机坪有几台车|请|全部",
    "empty": "|!!!|   |\u200b",
}


def table(cases: dict[str, str]) -> list[str]:
    return [text for texts in cases.values() for text in texts.split("|")]


@pytest.mark.parametrize("text", table(STOPS))
def test_a_sentence_that_only_says_stop_stops(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize("text", table(MORE_THAN_STOPS))
def test_a_sentence_that_says_more_is_translated(text: str) -> None:
    assert not is_stop(text)


# ---- however it is shouted ------------------------------------------------------------------------------------------

PLAIN = st.sampled_from([" ".join(phrase) for phrase in sorted(STOP_PHRASES)])
MARKS = st.sampled_from(["\u0300", "\u0301", "\u0308", "\u0327", "\u200b", "\u200d", "\u202e", "\ufeff", "\ufe0f"])


@given(PLAIN, st.text(alphabet=" .,;!?¡¿…—-*\"'()\t", max_size=6), st.text(alphabet=" .,!?…！。、", max_size=6))
def test_punctuation_around_it_changes_nothing(phrase: str, before: str, after: str) -> None:
    assert is_stop(before + phrase + after)
    assert is_stop(before + phrase.upper() + after)


@given(PLAIN, st.lists(st.tuples(st.integers(1, 40), MARKS), max_size=5))
def test_combining_and_invisible_characters_change_nothing(phrase: str, put: list[tuple[int, str]]) -> None:
    for at, mark in put:
        phrase = phrase[:at] + mark + phrase[at:]
    assert is_stop(phrase)


@given(PLAIN)
def test_full_width_letters_change_nothing(phrase: str) -> None:
    assert is_stop("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in phrase))


@given(st.lists(PLAIN, min_size=1, max_size=5), st.sampled_from([" ", "! ", ", ", "!!! "]))
def test_saying_it_again_changes_nothing(phrases: list[str], between: str) -> None:
    assert is_stop(between.join(phrases))


@given(PLAIN, st.data(), st.integers(2, 12))
def test_a_letter_that_is_drawn_out_changes_nothing(phrase: str, data: st.DataObject, times: int) -> None:
    letters = [i for i, c in enumerate(phrase) if c.isascii() and c.isalpha()]
    if letters:
        at = data.draw(st.sampled_from(letters))
        assert is_stop(phrase[:at] + phrase[at] * times + phrase[at:])


@given(PLAIN, st.sampled_from(["at Dock 3", "AMR-4", "when it is full", "3", "Tor 2", "码头", "n't"]))
def test_what_is_said_beside_it_makes_it_a_sentence_for_the_translator(phrase: str, more: str) -> None:
    assert not is_stop(f"{phrase} {more}")


@given(st.text(max_size=200))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    is_stop(text)


def test_words_are_a_normal_form() -> None:
    assert all(words(" ".join(phrase)) == phrase for phrase in STOP_PHRASES)


def test_the_longest_shout_is_judged_at_once_and_a_longer_text_is_no_shout() -> None:
    began = time.perf_counter()
    assert is_stop("stop " * (STOP_CHARS_MAX // 5))
    assert not is_stop("s" * STOP_CHARS_MAX)
    assert not is_stop("stop " * STOP_CHARS_MAX)
    assert time.perf_counter() - began < 1.0
