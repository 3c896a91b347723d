"""Times, durations, speeds and counts in five languages: what the words amount to, and what is none of these."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_planner.core.numbers import SPELLED
from llm_planner.core.times import clock_minutes, clock_text, find_figures
from llm_planner.core.tokens import tokenize


def figures(text: str, now: str = "10:00") -> str:
    return " ".join(figure.letter + figure.value for figure in find_figures(tokenize(text), now))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("by 3 pm", "C15:00"),
        ("at 3", "C15:00"),
        ("at 8 when the others are back", "C20:00"),
        ("by ten to six", "C17:50"),
        ("25 past 3", "C15:25"),
        ("at 25 past", "C10:25"),
        ("by quarter to", "C10:45"),
        ("by half two", "C14:30"),
        ("half past two", "C14:30"),
        ("at seven thirty tonight", "C19:30"),
        ("1500 hours", "C15:00"),
        ("b4 11", "C11:00"),
        ("at 3 o'clock", "C15:00"),
        ("before noon", "C12:00"),
        ("at the end of the hour", "C11:00"),
        ("halb drei", "C14:30"),
        ("bis halb neun", "C20:30"),
        ("fünf vor halb drei", "C14:25"),
        ("um zehn nach drei", "C15:10"),
        ("Viertel nach drei", "C15:15"),
        ("dreiviertel drei", "C14:45"),
        ("15 Uhr 30", "C15:30"),
        ("14.30 Uhr", "C14:30"),
        ("um drei soll er da sein", "C15:00"),
        ("heute Nachmittag um drei", "C15:00"),
        ("heut Nacht um zwei", "C02:00"),
        ("gegen Mittag", "C12:00"),
        ("à 14h30", "C14:30"),
        ("avant 14 h 30", "C14:30"),
        ("vers 14h", "C14:00"),
        ("à quinze heures trente", "C15:30"),
        ("à trois heures moins le quart", "C14:45"),
        ("à une heure", "C13:00"),
        ("midi et demi", "C12:30"),
        ("de 14h à 16h", "C14:00 C16:00"),
        ("a las tres menos cuarto", "C14:45"),
        ("a las tres y media", "C15:30"),
        ("para las 5 y media de la tarde", "C17:30"),
        ("antes de las 8 de la mañana", "C08:00"),
        ("a la una", "C13:00"),
        ("a las once", "C11:00"),
        ("a las 15h", "C15:00"),
        ("下午两点半", "C14:30"),
        ("下午3:30", "C15:30"),
        ("三点一刻", "C15:15"),
        ("差十分三点", "C14:50"),
        ("今晚八点", "C20:00"),
        ("中午12点", "C12:00"),
    ],
)
def test_a_clock_time_is_the_next_one_that_the_words_can_mean(text: str, wanted: str) -> None:
    assert figures(text) == wanted


def test_a_leading_zero_is_of_the_24_hour_clock_whatever_the_time_is() -> None:
    assert figures("at 07:20", "10:00") == "C07:20"
    assert figures("at 7:20", "10:00") == "C19:20"
    assert figures("at 7:20", "06:00") == "C07:20"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("for ten minutes", "D10"),
        ("in 90 seconds", "D1.5"),
        ("half an hour", "D30"),
        ("three quarters of an hour", "D45"),
        ("an hour and 20 minutes", "D80"),
        ("two and a half hours", "D150"),
        ("every hour", "D60"),
        ("every 15-minute", "D15"),
        ("einer halben Stunde", "D30"),
        ("anderthalb Stunden", "D90"),
        ("zweieinhalb Stunden", "D150"),
        ("eine Dreiviertelstunde", "D45"),
        ("alle zwei Stunden", "D120"),
        ("dans une demi-heure", "D30"),
        ("un quart d'heure", "D15"),
        ("une heure et demie", "D90"),
        ("dans 2h", "D120"),
        ("dans 1h30", "D90"),
        ("dans deux heures et demie", "D150"),
        ("toutes les heures", "D60"),
        ("dentro de media hora", "D30"),
        ("dos horas y media", "D150"),
        ("cada hora", "D60"),
        ("半小时后", "D30"),
        ("一个半小时", "D90"),
        ("两个小时", "D120"),
        ("20分钟", "D20"),
    ],
)
def test_a_duration_is_minutes(text: str, wanted: str) -> None:
    assert figures(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("at 50%", "S50 percent"),
        ("1.2 m/s", "S1.2 mps"),
        ("0,8 m/s", "S0.8 mps"),
        ("5 km/h", "S1.389 mps"),
        ("slow it down to a metre per second", "S1 mps"),
        ("half speed", "S50 percent"),
        ("die Geschwindigkeit auf 0,8 runter", "S0.8 mps"),
        ("halbe Geschwindigkeit", "S50 percent"),
        ("à 40 pour cent", "S40 percent"),
        ("al cuarenta por ciento", "S40 percent"),
        ("forty per cent", "S40 percent"),
        ("reduce la velocidad a la mitad", "S50 percent"),
        ("百分之三十", "S30 percent"),
        ("速度都调到每秒1.2米", "S1.2 mps"),
        ("半速", "S50 percent"),
    ],
)
def test_a_speed_is_percent_or_metres_per_second(text: str, wanted: str) -> None:
    assert figures(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("half a dozen crates", "N6"),
        ("three dozen", "N36"),
        ("a couple of pallets", "N2"),
        ("zweimal", "N2"),
        ("dos docenas de cajas", "N24"),
        ("une douzaine de bacs", "N12"),
        ("一打", "N12"),
    ],
)
def test_counting_words_are_counts(text: str, wanted: str) -> None:
    assert figures(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "at 25:00",
        "Rampe 1 bis 4",
        "AMR 9 bis 12, los",
        "vor 3 Kisten",
        "um 2 Paletten",
        "at 2 docks",
        "a las 3 máquinas",
        "de 8 a 10 cajas",
        "快一点",
        "auf die Hälfte",
        "once that is done",
        "number three s'il te plaît",
    ],
)
def test_what_is_no_time_is_left_alone(text: str) -> None:
    assert figures(text) == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("twenty-four", ["24"]),
        ("two hundred and fifty", ["250"]),
        ("dreiundzwanzig", ["23"]),
        ("zweihundertfünfzig", ["250"]),
        ("dix-sept", ["17"]),
        ("quatre-vingt-dix-sept", ["97"]),
        ("soixante-quinze", ["75"]),
        ("vingt et un", ["21"]),
        ("treinta y dos", ["32"]),
        ("ciento veinte", ["120"]),
        ("一百二十", ["120"]),
        ("二十四", ["24"]),
        ("one, two", ["1", ",", "2"]),
    ],
)
def test_number_words_become_digits(text: str, wanted: list[str]) -> None:
    assert [token.norm for token in tokenize(text)] == wanted


def test_every_number_up_to_999_can_be_said_in_four_languages() -> None:
    said = [words for words, number in SPELLED.items() if number == 999]
    assert {" ".join(words) for words in said} >= {
        "nine hundred ninety nine",
        "neunhundertneunundneunzig",
        "neuf cent quatre vingt dix neuf",
        "novecientos noventa y nueve",
    }
    assert set(range(2, 1000)) <= set(SPELLED.values())


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(0, 23), st.integers(0, 59))
def test_a_time_in_digits_is_read_as_it_is_written(hour: int, minute: int) -> None:
    written = f"{hour:02d}:{minute:02d}"
    wanted = "C00:00" if written == "00:00" else f"C{written}"
    assert figures(f"at {written}", "23:59" if hour > 12 else "00:00") == wanted
    assert clock_text(clock_minutes(written)) == written


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=200))
def test_no_text_breaks_the_rules_and_figures_never_overlap(text: str) -> None:
    tokens = tokenize(text)
    last = 0
    for figure in find_figures(tokens, "10:00"):
        assert last <= figure.start < figure.end <= len(tokens)
        last = figure.end
