"""Weekly hours and numbers, as people say them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.hours import WorkingHours
from bot.language.counts import read_count
from bot.language.day_words import SPOKEN, names, numbers, table
from bot.language.hours_said import read_hours

HOURS = """
en | Mon–Fri 9–17                                | Mon-Fri 09:00-17:00
en | weekdays 9 to 5                             | Mon-Fri 09:00-17:00
en | 9-5                                         | Mon-Fri 09:00-17:00
en | 9-5 Monday to Thursday                      | Mon-Thu 09:00-17:00
en | We are open Monday to Friday, from 8.30 to 17.00 | Mon-Fri 08:30-17:00
en | Mon-Thu 9-5, Fri 9-1                        | Mon-Thu 09:00-17:00, Fri 09:00-13:00
en | 9-12, 1-5                                   | Mon-Fri 09:00-12:00 13:00-17:00
en | 9am-12.30pm and 1pm-5pm                     | Mon-Fri 09:00-12:30 13:00-17:00
en | 1-5pm                                       | Mon-Fri 13:00-17:00
en | 9 to noon                                   | Mon-Fri 09:00-12:00
en | 0900-1730                                   | Mon-Fri 09:00-17:30
en | Tuesdays and Thursdays 10 a.m. - 4 p.m.     | Tue 10:00-16:00, Thu 10:00-16:00
en | Mon, Wed & Fri 9-3                          | Mon 09:00-15:00, Wed 09:00-15:00, Fri 09:00-15:00
en | every day 8 to 8                            | Mon-Sun 08:00-20:00
en | weekends 18:00-midnight                     | Sat-Sun 18:00-24:00
en | Sat-Mon 10-4                                | Mon 10:00-16:00, Sat-Sun 10:00-16:00
en | 24/7                                        | always
en | round the clock                             | always
cy | Llun i Gwener 9-5                           | Mon-Fri 09:00-17:00
cy | o ddydd Llun i ddydd Iau rhwng 9 a 5        | Mon-Thu 09:00-17:00
cy | Llun-Iau 9 tan 5, Gwener 9 tan hanner dydd  | Mon-Thu 09:00-17:00, Fri 09:00-12:00
cy | dydd Mawrth a dydd Iau 10:00-16:00          | Tue 10:00-16:00, Thu 10:00-16:00
cy | bob dydd 9-5                                | Mon-Sun 09:00-17:00
cy | rownd y cloc                                | always
fr | lun-ven 9h-12h30 13h30-17h                  | Mon-Fri 09:00-12:30 13:30-17:00
fr | du lundi au vendredi de 9h à 17h            | Mon-Fri 09:00-17:00
fr | le mardi et le jeudi de 9 heures à midi     | Tue 09:00-12:00, Thu 09:00-12:00
fr | de 9h à 12h et de 14h à 18h                 | Mon-Fri 09:00-12:00 14:00-18:00
fr | en semaine de 9 à 17 heures                 | Mon-Fri 09:00-17:00
fr | 24h/24 et 7j/7                              | always
de | Mo-Fr 9-17 Uhr                              | Mon-Fri 09:00-17:00
de | montags bis freitags von 9 bis 17 Uhr       | Mon-Fri 09:00-17:00
de | Mo-Do 8:00-16:30, Fr 8-12                   | Mon-Thu 08:00-16:30, Fri 08:00-12:00
de | Mo bis Fr 8 Uhr bis 12 Uhr und 13 Uhr bis 16 Uhr | Mon-Fri 08:00-12:00 13:00-16:00
de | Di und Do zwischen 9 und 12 Uhr             | Tue 09:00-12:00, Thu 09:00-12:00
de | rund um die Uhr                             | always
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in HOURS.strip().splitlines()]


@pytest.mark.parametrize(("language", "said", "hours"), ROWS)
def test_hours_are_read_as_people_say_them(language: str, said: str, hours: str) -> None:
    assert read_hours(said, language) == WorkingHours.parse(hours)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "no hours are named"),
        ("Mon-Fri", "days are named without hours"),
        ("Mon 9-5, Tue", "days are named without hours"),
        ("Mon-Fri except Wed 9-5", "“except” isn't about hours"),
        ("from 9", "a time is named without the other"),
        ("17-9", "doesn't close after it opens"),
        ("9-25", "no time of day “25”"),
        ("13pm-5pm", "no time of day “13pm”"),
        ("9:70-5", "no time of day “9:70”"),
        ("9-12 11-5", "overlap"),
        ("9-5 " * 200, "longer than 500"),
    ],
)
def test_hours_that_cannot_be_read_are_refused_with_a_reason(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        read_hours(said, "en")


@st.composite
def weeks(draw: st.DrawFn) -> WorkingHours:
    """Hours as anybody might have them: a day in one or two periods, or none."""
    days: list[str] = []
    for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        times = sorted(draw(st.lists(st.integers(0, 95), unique=True, max_size=4)))
        times = [quarter * 15 for quarter in times[: len(times) // 2 * 2]]
        shown = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in times]
        periods = " ".join(f"{opens}-{closes}" for opens, closes in zip(shown[::2], shown[1::2], strict=True))
        days += [f"{name} {periods}"] if periods else []
    return WorkingHours.parse(", ".join(days or ["Mon 09:00-17:00"]))


@given(weeks())
def test_printed_hours_read_back(hours: WorkingHours) -> None:
    assert read_hours(str(hours), "en") == hours


def _words(language: str) -> list[str]:
    lists = [phrase for phrases in table("hours", language).values() for phrase in phrases]
    return [*lists, *names(language, "weekday"), "-", "–", "9", "17:30", "9h", "5pm", "24", "0", "1200", "99"]


@settings(max_examples=400)
@given(st.sampled_from(SPOKEN).flatmap(lambda code: st.tuples(st.just(code), st.lists(st.sampled_from(_words(code))))))
def test_words_of_hours_in_any_order_are_hours_or_refused(said: tuple[str, list[str]]) -> None:
    language, words = said
    try:
        hours = read_hours(" ".join(words), language)
    except ValueError:
        return
    assert any(hours.week)


@given(st.text(max_size=10_000), st.sampled_from([*SPOKEN, "xx"]))
def test_any_text_is_hours_and_a_number_or_refused(text: str, language: str) -> None:
    for read in (read_hours, read_count):
        try:
            said = read(text, language)
        except ValueError:
            continue
        assert said


@pytest.mark.parametrize(
    ("language", "said", "count"),
    [
        ("en", "3", 3),
        ("en", "at most three at a time", 3),
        ("en", "a couple of questions at most", 2),
        ("en", "100", 100),
        ("cy", "dim mwy na thri ar y tro", 3),
        ("cy", "un ar ddeg", 11),
        ("fr", "pas plus de deux à la fois", 2),
        ("fr", "dix-sept", 17),
        ("de", "höchstens fünf gleichzeitig", 5),
        ("de", "nicht mehr als eine", 1),
    ],
)
def test_numbers_are_read_in_figures_and_in_words(language: str, said: str, count: int) -> None:
    assert read_count(said, language) == count


@pytest.mark.parametrize("said", ["", "a few", "0", "101", "3 or 4", "999999999999999999999"])
def test_what_is_no_number_or_too_many_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"named|between"):
        read_count(said, "en")


@pytest.mark.parametrize("language", SPOKEN)
def test_every_number_from_one_to_twelve_has_words_in_every_language(language: str) -> None:
    assert set(range(1, 13)) <= set(numbers(language).values())
