"""Days as people speak of them: said on a Wednesday, 25 November 2026, unless the table says another day."""

import re
from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.language.day_words import SPOKEN, names, table
from bot.language.days import Days, read_days

WEDNESDAY = date(2026, 11, 25)
MONDAY = date(2026, 11, 23)

EN = """
today                                     | 2026-11-25 | 2026-11-25
tomorrow at the dentist                   | 2026-11-26 | 2026-11-26
the day after tomorrow                    | 2026-11-27 | 2026-11-27
on Friday                                 | 2026-11-27 | 2026-11-27
on leave until Monday                     | 2026-11-25 | 2026-11-29
until and including Monday                | 2026-11-25 | 2026-11-30
through Monday                            | 2026-11-25 | 2026-11-30
back on Monday                            | 2026-11-25 | 2026-11-29
until tomorrow                            | 2026-11-25 | 2026-11-25
until the end of the week                 | 2026-11-25 | 2026-11-29
until the end of August                   | 2026-11-25 | 2027-08-31
until August                              | 2026-11-25 | 2027-07-31
this week                                 | 2026-11-25 | 2026-11-29
all next week                             | 2026-11-30 | 2026-12-06
this Friday                               | 2026-11-27 | 2026-11-27
next Friday                               | 2026-12-04 | 2026-12-04
next Monday                               | 2026-11-30 | 2026-11-30
the week commencing 7 December            | 2026-12-07 | 2026-12-13
w/c 7 December                            | 2026-12-07 | 2026-12-13
at the weekend                            | 2026-11-28 | 2026-11-29
next month                                | 2026-12-01 | 2026-12-31
in August                                 | 2027-08-01 | 2027-08-31
from Tuesday to Thursday                  | 2026-12-01 | 2026-12-03
Thursday and Friday                       | 2026-11-26 | 2026-11-27
from Friday until next Wednesday          | 2026-11-27 | 2026-12-02
from Friday, back on Wednesday            | 2026-11-27 | 2026-12-01
from Monday                               | 2026-11-30 | -
since Monday                              | 2026-11-25 | -
until further notice                      | 2026-11-25 | -
24-27 Dec                                 | 2026-12-24 | 2026-12-27
24–27 December                            | 2026-12-24 | 2026-12-27
24 and 25 December                        | 2026-12-24 | 2026-12-25
24 Dec to 2 Jan                           | 2026-12-24 | 2027-01-02
24 Dec to 2 Jan 2028                      | 2027-12-24 | 2028-01-02
24 Dec 2026 - 2 Jan                       | 2026-12-24 | 2027-01-02
December 24th                             | 2026-12-24 | 2026-12-24
3–14 August                               | 2027-08-03 | 2027-08-14
24/12 - 27/12                             | 2026-12-24 | 2026-12-27
24.12.26-2.1.27                           | 2026-12-24 | 2027-01-02
2026-12-24 to 2026-12-27                  | 2026-12-24 | 2026-12-27
20 to 30 November                         | 2026-11-20 | 2026-11-30
Friday 27 November                        | 2026-11-27 | 2026-11-27
on the 3rd                                | 2026-12-03 | 2026-12-03
from the 24th to the 27th                 | 2026-11-24 | 2026-11-27
29 February                               | 2028-02-29 | 2028-02-29
for two weeks                             | 2026-11-25 | 2026-12-08
for 3 days                                | 2026-11-25 | 2026-11-27
for a fortnight from Monday               | 2026-11-30 | 2026-12-13
the next two weeks                        | 2026-11-25 | 2026-12-08
for a month                               | 2026-11-25 | 2026-12-24
between Christmas and New Year            | 2026-12-25 | 2027-01-01
Christmas Eve to Boxing Day               | 2026-12-24 | 2026-12-26
I may be away next week                   | 2026-11-30 | 2026-12-06
"""

CY = """
heddiw                                    | 2026-11-25 | 2026-11-25
yfory                                     | 2026-11-26 | 2026-11-26
drennydd                                  | 2026-11-27 | 2026-11-27
tan ddydd Llun                            | 2026-11-25 | 2026-11-29
hyd at ddydd Llun                         | 2026-11-25 | 2026-11-30
yn ôl ddydd Llun                          | 2026-11-25 | 2026-11-29
yr wythnos hon                            | 2026-11-25 | 2026-11-29
drwy'r wythnos nesaf                      | 2026-11-30 | 2026-12-06
dydd Gwener nesaf                         | 2026-12-04 | 2026-12-04
dydd Mawrth                               | 2026-12-01 | 2026-12-01
3 Mawrth                                  | 2027-03-03 | 2027-03-03
ym mis Mawrth                             | 2027-03-01 | 2027-03-31
dydd Mawrth 1 Rhagfyr                     | 2026-12-01 | 2026-12-01
o ddydd Mawrth i ddydd Iau                | 2026-12-01 | 2026-12-03
o 24 i 27 Rhagfyr                         | 2026-12-24 | 2026-12-27
24–27 Rhagfyr                             | 2026-12-24 | 2026-12-27
24 o Ragfyr i 2 Ionawr                    | 2026-12-24 | 2027-01-02
ym mis Awst                               | 2027-08-01 | 2027-08-31
mis nesaf                                 | 2026-12-01 | 2026-12-31
am bythefnos                              | 2026-11-25 | 2026-12-08
am dair wythnos                           | 2026-11-25 | 2026-12-15
am 3 diwrnod                              | 2026-11-25 | 2026-11-27
o ddydd Llun ymlaen                       | 2026-11-30 | -
rhwng y Nadolig a'r flwyddyn newydd       | 2026-12-25 | 2027-01-01
"""

FR = """
aujourd'hui                               | 2026-11-25 | 2026-11-25
demain                                    | 2026-11-26 | 2026-11-26
après-demain                              | 2026-11-27 | 2026-11-27
jusqu'à lundi                             | 2026-11-25 | 2026-11-30
jusqu'au 27 décembre                      | 2026-11-25 | 2026-12-27
jusqu'à vendredi inclus                   | 2026-11-25 | 2026-11-27
jusqu'à la fin du mois                    | 2026-11-25 | 2026-11-30
jusqu’en août                             | 2026-11-25 | 2027-07-31
de retour lundi                           | 2026-11-25 | 2026-11-29
cette semaine                             | 2026-11-25 | 2026-11-29
toute la semaine prochaine                | 2026-11-30 | 2026-12-06
vendredi prochain                         | 2026-11-27 | 2026-11-27
du mardi au jeudi                         | 2026-12-01 | 2026-12-03
du 24 au 27 décembre                      | 2026-12-24 | 2026-12-27
du 24/12 au 2/1                           | 2026-12-24 | 2027-01-02
le 24 et le 25 décembre                   | 2026-12-24 | 2026-12-25
le 1er mai                                | 2027-05-01 | 2027-05-01
le 3 sept                                 | 2027-09-03 | 2027-09-03
en août                                   | 2027-08-01 | 2027-08-31
la semaine du 7 décembre                  | 2026-12-07 | 2026-12-13
pendant deux semaines                     | 2026-11-25 | 2026-12-08
les deux prochaines semaines              | 2026-11-25 | 2026-12-08
pour 15 jours                             | 2026-11-25 | 2026-12-09
sept jours                                | 2026-11-25 | 2026-12-01
à partir de lundi                         | 2026-11-30 | -
jusqu'à nouvel ordre                      | 2026-11-25 | -
entre Noël et le jour de l'an             | 2026-12-25 | 2027-01-01
"""

DE = """
heute                                     | 2026-11-25 | 2026-11-25
morgen                                    | 2026-11-26 | 2026-11-26
übermorgen                                | 2026-11-27 | 2026-11-27
bis Montag                                | 2026-11-25 | 2026-11-30
bis einschließlich Freitag                | 2026-11-25 | 2026-11-27
bis 3.5.                                  | 2026-11-25 | 2027-05-03
bis Ende der Woche                        | 2026-11-25 | 2026-11-29
bis Ende August                           | 2026-11-25 | 2027-08-31
bis August                                | 2026-11-25 | 2027-07-31
wieder da am Montag                       | 2026-11-25 | 2026-11-29
diese Woche                               | 2026-11-25 | 2026-11-29
nächste Woche                             | 2026-11-30 | 2026-12-06
nächsten Freitag                          | 2026-12-04 | 2026-12-04
kommenden Freitag                         | 2026-11-27 | 2026-11-27
Di bis Do                                 | 2026-12-01 | 2026-12-03
24.-27. Dezember                          | 2026-12-24 | 2026-12-27
24.12.-27.12.                             | 2026-12-24 | 2026-12-27
vom 24. bis 27. Dezember                  | 2026-12-24 | 2026-12-27
3.-14.8.                                  | 2027-08-03 | 2027-08-14
24.12.2026 bis 2.1.2027                   | 2026-12-24 | 2027-01-02
am 24. und 25. Dezember                   | 2026-12-24 | 2026-12-25
im August                                 | 2027-08-01 | 2027-08-31
zwei Wochen                               | 2026-11-25 | 2026-12-08
eine Woche lang                           | 2026-11-25 | 2026-12-01
ab 3. August für zwei Wochen              | 2027-08-03 | 2027-08-16
ab Montag                                 | 2026-11-30 | -
bis auf Weiteres                          | 2026-11-25 | -
ich bin so krank, weg bis Freitag         | 2026-11-25 | 2026-11-27
zwischen den Jahren                       | 2026-12-25 | 2027-01-01
"""


def rows(language: str, text: str) -> list[tuple[str, str, Days]]:
    """A table's rows: the language, what is said, the days."""
    cells = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [(language, said, Days(date.fromisoformat(first), _day(last))) for said, first, last in cells]


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


@pytest.mark.parametrize(
    ("language", "said", "days"), [*rows("en", EN), *rows("cy", CY), *rows("fr", FR), *rows("de", DE)]
)
def test_days_are_read_as_people_say_them(language: str, said: str, days: Days) -> None:
    assert read_days(said, WEDNESDAY, language) == days


@pytest.mark.parametrize(
    ("today", "said", "days"),
    [
        (date(2026, 12, 30), "24 Dec to 2 Jan", Days(date(2026, 12, 24), date(2027, 1, 2))),
        (date(2027, 1, 3), "24 Dec to 2 Jan", Days(date(2027, 12, 24), date(2028, 1, 2))),
        (date(2027, 1, 1), "between Christmas and New Year", Days(date(2026, 12, 25), date(2027, 1, 1))),
        (MONDAY, "until Monday", Days(MONDAY, date(2026, 11, 29))),
        (MONDAY, "on Monday", Days(MONDAY, MONDAY)),
        (MONDAY, "next Monday", Days(date(2026, 11, 30), date(2026, 11, 30))),
        (date(2026, 11, 29), "at the weekend", Days(date(2026, 11, 29), date(2026, 11, 29))),
        (date(2027, 1, 31), "for a month", Days(date(2027, 1, 31), date(2027, 2, 27))),
        (date(2026, 8, 10), "in August", Days(date(2026, 8, 1), date(2026, 8, 31))),
    ],
)
def test_the_day_it_is_said_on_decides(today: date, said: str, days: Days) -> None:
    assert read_days(said, today, "en") == days


@pytest.mark.parametrize(
    ("language", "said", "why"),
    [
        ("en", "", "no day is named"),
        ("en", "off sick", "no day is named"),
        ("en", "at most 3", "“3” isn't a day"),
        ("en", "until 5pm", "“pm” isn't a day"),
        ("en", "for 3.5 days", "“3.5” isn't a day"),
        ("en", "31/02", "day is out of range"),
        ("en", "12/24", "month must be in"),
        ("en", "Friday 28 November", "isn't that day of the week"),
        ("en", "Monday and Thursday", "aren't neighbours"),
        ("en", "24-27 Dec and 3-4 Jan", "several stretches"),
        ("en", "on Mondays", "“mondays” isn't a day"),
        ("en", "the first week of August", "“first” isn't a day"),
        ("en", "in two weeks", "when it begins"),
        ("en", "until 2 January 2025", "is before"),
        ("en", "on 2 January 2025", "is in the past"),
        ("en", "2 Jan 2027 to 24 Dec 2026", "is before"),
        ("en", "27-24 Dec", "comes after"),
        ("en", "27 Dec to 24 Dec", "before its beginning"),
        ("en", "for 9999 weeks", "more than two years"),
        ("en", "for 99999999999 days", "isn't a day"),
        ("en", "24 December 9999", "isn't a day"),
        ("en", "next week " * 60, "longer than 500"),
        ("cy", "yn y gwaith", "no day is named"),
        ("fr", "dans deux semaines", "when it begins"),
        ("fr", "début août", "“debut” isn't a day"),
        ("de", "Anfang August", "“anfang” isn't a day"),
        ("de", "in zwei Wochen", "when it begins"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(language: str, said: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        read_days(said, WEDNESDAY, language)


DATES = st.dates(date(2026, 1, 1), date(2031, 12, 31))


@given(DATES, DATES, st.integers(0, 500), st.sampled_from(SPOKEN), st.sampled_from(["–", " – ", "-"]))
def test_every_printed_range_reads_back(today: date, first: date, length: int, language: str, dash: str) -> None:
    days = Days(first, first + timedelta(days=length))
    if days.last is None or days.last < today or first - today > timedelta(days=2 * 366):
        return
    for style in ("d MMMM y", "d MMM y", "EEEE d MMMM y", "y-MM-dd", "d.M.y", "dd/MM/yy"):
        shown = [format_date(day, style, locale=language) for day in (days.first, days.last)]
        assert read_days(dash.join(shown), today, language) == days


@given(DATES, st.sampled_from(SPOKEN))
def test_every_printed_day_reads_back_without_its_year(today: date, language: str) -> None:
    for ahead in (0, 1, 30, 200, 364):
        day = today + timedelta(days=ahead)
        shown = format_date(day, "EEEE d MMMM", locale=language)
        assert read_days(shown, today, language) == Days(day, day)


FIGURES = ("-", "–", "3", "24", "27.", "24th", "2026", "24/12", "3.5.", "2026-12-24", "9999", "weg", "/", ",")


def _words(language: str) -> list[str]:
    lists = [phrase for phrases in table("days", language).values() for phrase in phrases]
    named = [*names(language, "weekday"), *names(language, "month")]
    return [*lists, *named, *FIGURES]


@settings(max_examples=400)
@given(
    st.sampled_from(SPOKEN).flatmap(lambda code: st.tuples(st.just(code), st.lists(st.sampled_from(_words(code))))),
    DATES,
)
@example(("en", ["until"] * 100), WEDNESDAY)
@example(("en", ["w/c"] * 120), WEDNESDAY)
@example(("en", ["within", "on"] * 60), date.max)
@example(("en", ["for", "9999", "years"]), WEDNESDAY)
@example(("en", ["back", "tomorrow"]), date.max)
def test_words_of_days_in_any_order_are_days_or_refused(said: tuple[str, list[str]], today: date) -> None:
    language, words = said
    try:
        days = read_days(" ".join(words), today, language)
    except ValueError:
        return
    assert days.last is None or (days.first <= days.last and today <= days.last)


@given(st.text(max_size=10_000), st.sampled_from([*SPOKEN, "xx"]))
def test_any_text_is_days_or_refused(text: str, language: str) -> None:
    try:
        days = read_days(text, WEDNESDAY, language)
    except ValueError:
        return
    assert isinstance(days.first, date)
