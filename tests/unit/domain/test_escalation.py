"""The next call is a decision with its reasons: fair among councils, in their own hours, never lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.escalation import (
    DEFAULT_LADDER,
    Ask,
    Because,
    Candidate,
    Ladder,
    Nobody,
    Promise,
    Rung,
    Skip,
    Why,
    promise,
)
from bot.domain.hours import WorkingHours
from bot.domain.working_time import Calendar, Closed, Interval
from tests.fairness import START, Volunteer, Years, jain

LONDON = ZoneInfo("Europe/London")
OFFICE = Calendar(WorkingHours.parse("Mon-Fri 09:00-17:00"), LONDON, "England")
SCOTTISH = Calendar(WorkingHours.parse("Mon-Fri 09:00-17:00"), LONDON, "Scotland")
SHUT = Calendar(OFFICE.hours, LONDON, "", frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(6_000)))
HOUR = timedelta(hours=1)
ONE = Ladder((Rung("maintainer", 4 * HOUR),))


def local(text: str) -> datetime:
    """An instant in UTC, by what London's wall clock says."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def council(
    name: str,
    open_requests: int = 0,
    last_asked: str | None = None,
    calendar: Calendar = OFFICE,
    *,
    away: str = "",
    at_most: int | None = None,
) -> Candidate:
    return Candidate(
        name, open_requests, local(last_asked) if last_asked else None, calendar, days(away) if away else frozenset(),
        at_most,
    )  # fmt: skip


def days(text: str) -> frozenset[date]:
    """From the first to the last: "2026-06-02 2026-06-05"."""
    first, last = (date.fromisoformat(day) for day in text.split())
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


People = dict[Ask, list[Candidate]]


def standing(people: People) -> Callable[[Ask], Sequence[Candidate]]:
    return lambda ask: people.get(ask, [])


def promised(
    people: People, rung: int = 0, at: str = "2026-06-02T10:00", called: tuple[str, ...] = (), **more: object
) -> Promise | Nobody:
    ladder = more.pop("ladder", DEFAULT_LADDER)
    asker = more.pop("asker", None)
    community = more.pop("community", OFFICE)
    return promise(ladder, rung, local(at), standing(people), called, asker, community, **more)  # type: ignore[arg-type]


# --- whose turn it is ----------------------------------------------------------------------------------

TURNS = [
    ("fewest open first", [council("a", 2), council("b", 1)], (), None, "b"),
    (
        "then longest not asked",
        [council("a", 1, "2026-05-02"), council("b", 1, "2026-05-01")],
        (),
        None,
        "b",
    ),
    ("never asked before all others", [council("a", 1, "1999-01-01"), council("b", 1)], (), None, "b"),
    ("then by id", [council("b"), council("a")], (), None, "a"),
    ("nobody is called twice", [council("a"), council("b", 5)], ("a",), None, "b"),
    ("all were called", [council("a"), council("b")], ("a", "b"), None, None),
    ("nobody there", [], (), None, None),
    ("not the asker's own", [council("a"), council("b", 9)], (), "a", "b"),
    ("the asker's own if it is the only one", [council("a")], (), "a", "a"),
    ("the asker's own if the others were called", [council("a"), council("b")], ("b",), "a", "a"),
    ("the asker's own not twice either", [council("a")], ("a",), "a", None),
]


@pytest.mark.parametrize(
    ("candidates", "called", "asker", "chosen"), [row[1:] for row in TURNS], ids=[row[0] for row in TURNS]
)
def test_whose_turn_it_is(
    candidates: list[Candidate], called: tuple[str, ...], asker: str | None, chosen: str | None
) -> None:
    turn = promised({"maintainer": candidates}, called=called, asker=asker, ladder=ONE, has_stewards=False)
    assert getattr(turn, "organisation_id", None) == chosen


@given(st.permutations([council("a", 1), council("b", 1, "2026-05-01"), council("c", 0), council("d", 3)]))
def test_the_order_in_which_councils_are_listed_decides_nothing(candidates: list[Candidate]) -> None:
    called: list[str] = []
    while isinstance(turn := promised({"maintainer": candidates}, called=tuple(called), ladder=ONE), Promise):
        called.append(turn.organisation_id or "")
    assert called == ["c", "a", "b", "d"]


# --- fairness ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_equal_councils_are_called_equally_often(seed: int) -> None:
    years = Years([Volunteer(name) for name in "abcdefgh"], HOUR, seed).pass_by(1_000)
    counts = years.counts().values()
    assert max(counts) - min(counts) <= 30  # of 125: chance closes some claims sooner
    assert max(years.spreads) <= 4
    assert years.longest_run() <= 4
    assert jain([*years.loads().values()]) > 0.98


@pytest.mark.parametrize("seed", range(3))
def test_unequal_councils_carry_the_same_load_and_all_have_their_turn(seed: int) -> None:
    councils = [Volunteer("quick", 2), Volunteer("b", 6), Volunteer("c", 8), Volunteer("d", 10), Volunteer("slow", 40)]
    years = Years(councils, HOUR / 4, seed).pass_by(1_000)
    assert jain([*years.loads().values()]) > 0.85
    assert sum(years.spreads) / len(years.spreads) < 3
    assert min(years.counts().values()) >= 25
    assert years.counts()["quick"] > 5 * years.counts()["slow"]


def test_while_nothing_is_closed_no_council_is_called_more_than_once_more_than_another() -> None:
    years = Years([Volunteer(name, 2_000) for name in "abcdefg"], HOUR / 4).pass_by(100)
    assert max(years.counts().values()) - min(years.counts().values()) <= 2
    assert max(years.spreads) <= 2


def test_who_is_away_or_has_enough_is_called_less_and_nobody_beyond_what_they_said() -> None:
    odd_weeks = frozenset(START.date() + timedelta(days=n) for n in range(2_000) if n // 7 % 2)
    councils = [Volunteer("a"), Volunteer("b"), Volunteer("away", away=odd_weeks), Volunteer("one", 24, at_most=1)]
    years = Years(councils, HOUR).pass_by(600)
    counts, loads = years.counts(), years.loads()
    assert counts["one"] < counts["away"] < min(counts["a"], counts["b"])
    assert years.most["one"] == 1 < years.most["away"]
    assert jain([loads[name] for name in ("a", "b", "away")]) > 0.95


# --- ladders -------------------------------------------------------------------------------------------


def test_the_default_ladder_asks_two_maintainers_then_users_then_the_stewards() -> None:
    assert [rung.ask for rung in DEFAULT_LADDER.rungs] == ["maintainer", "maintainer", "users", "stewards"]
    assert {rung.after for rung in DEFAULT_LADDER.rungs} == {4 * HOUR}


@given(
    st.lists(
        st.builds(Rung, st.sampled_from(get_args(Ask)), st.timedeltas(timedelta(0))),
        min_size=1,
    ),
    st.integers(0, 9),
)
def test_a_ladder_comes_back_from_its_request_as_it_went(rungs: list[Rung], repeats: int) -> None:
    ladder = Ladder(tuple(rungs), repeats)
    assert Ladder.from_json(ladder.to_json()) == ladder


def test_a_kept_ladder_can_be_read_by_people() -> None:
    assert Ladder((Rung("users", 1.5 * HOUR),)).to_json() == (
        '{"rungs": [{"ask": "users", "after": "1h30m"}], "repeats": 0}'
    )


def test_a_ladder_kept_before_ladders_began_again_is_read() -> None:
    kept = '[{"ask": "maintainer", "after": "4h"}, {"ask": "users", "after": "0s"}]'
    assert Ladder.from_json(kept) == Ladder((Rung("maintainer", 4 * HOUR), Rung("users", timedelta(0))))


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "3", "[3]", "null", '["users"]', '[{"ask": "users"}]'),
        '[{"ask": "users", "after": 4}]',
        '[{"ask": "users", "after": "soon"}]',
        '[{"ask": "mayor", "after": "4h"}]',
        '{"rungs": [], "repeats": 0}',
        '{"rungs": [{"ask": "users", "after": "4h"}]}',
        '{"rungs": [{"ask": "users", "after": "4h"}], "repeats": -1}',
        '{"rungs": [{"ask": "users", "after": "4h"}], "repeats": "often"}',
        '{"rungs": [{"ask": "users", "after": "4h"}], "repeats": null}',
        '{"rungs": "users", "repeats": 0}',
    ],
)
def test_what_is_no_ladder_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Ladder.from_json(text)


def test_a_rung_cannot_come_before_the_call_before_it() -> None:
    with pytest.raises(ValueError, match="before"):
        Rung("users", -HOUR)


# --- promises ------------------------------------------------------------------------------------------


def test_the_chosen_council_is_promised_after_four_of_its_own_hours() -> None:
    part_time = Calendar(WorkingHours.parse("Tue-Thu 13:00-15:00"), LONDON, "England")
    decision = promised({"maintainer": [council("a", 1), council("b", 0, calendar=part_time)]})
    assert decision == Promise(0, "maintainer", "b", local("2026-06-04T13:00"), Because.FEWEST_OPEN)


def test_a_call_that_falls_on_closing_time_waits_for_the_next_opening_and_names_the_holiday() -> None:
    decision = promised({"maintainer": [council("lambeth")]}, at="2026-05-01T13:00")
    assert decision == Promise(
        rung=0,
        ask="maintainer",
        organisation_id="lambeth",
        at=local("2026-05-05T09:00"),
        because=Because.ONLY_ONE,
        closed=(Closed(date(2026, 5, 4), "May Day"),),
    )


def test_holidays_are_those_of_the_council_that_is_called() -> None:
    english = promised({"maintainer": [council("a")]}, at="2026-08-28T16:00")
    scottish = promised({"maintainer": [council("a", calendar=SCOTTISH)]}, at="2026-08-28T16:00")
    assert isinstance(english, Promise)
    assert isinstance(scottish, Promise)
    assert (english.at, scottish.at) == (local("2026-09-01T12:00"), local("2026-08-31T12:00"))
    assert scottish.closed == ()


def test_an_empty_rung_is_skipped_at_once_and_said() -> None:
    decision = promised({"users": [council("a")]})
    assert decision == Promise(
        rung=2,
        ask="users",
        organisation_id=None,
        at=local("2026-06-02T14:00"),  # four hours from the question, not twelve
        because=Because.ALL_TOGETHER,
        skipped=(Skip(0, "maintainer", Why.NOBODY), Skip(1, "maintainer", Why.NOBODY)),
    )


def test_the_second_rung_is_skipped_when_the_only_maintainer_was_called() -> None:
    decision = promised({"maintainer": [council("a")]}, rung=1, called=("a",))
    assert decision == Promise(
        rung=3,
        ask="stewards",
        organisation_id=None,
        at=local("2026-06-02T14:00"),
        because=Because.ALL_TOGETHER,
        skipped=(Skip(1, "maintainer", Why.ALL_CALLED), Skip(2, "users", Why.NOBODY)),
    )


def test_users_who_were_all_called_as_maintainers_are_not_called_again() -> None:
    decision = promised({"maintainer": [council("a")], "users": [council("a")]}, rung=2, called=("a",))
    assert isinstance(decision, Promise)
    assert decision.skipped == (Skip(2, "users", Why.ALL_CALLED),)


def test_a_council_that_is_never_at_work_is_passed_over_for_the_next() -> None:
    decision = promised({"maintainer": [council("a", calendar=SHUT), council("b", 3)]})
    assert decision == Promise(
        rung=0,
        ask="maintainer",
        organisation_id="b",
        at=local("2026-06-02T14:00"),
        because=Because.ONLY_ONE,
        skipped=(Skip(0, "maintainer", Why.NEVER_OPEN, "a"),),
    )


def test_the_stewards_are_called_in_the_communitys_hours() -> None:
    berlin = Calendar(WorkingHours.parse("Mon-Fri 9-17"), ZoneInfo("Europe/Berlin"), "DE")
    decision = promised({}, rung=3, at="2026-06-02T15:00", community=berlin)
    assert isinstance(decision, Promise)
    assert decision.at == local("2026-06-03T11:00")


@pytest.mark.parametrize(
    ("candidates", "asker", "because"),
    [
        ([council("a", 1), council("b", 2)], None, Because.FEWEST_OPEN),
        ([council("a", 1), council("b", 1, "2026-05-01")], None, Because.LONGEST_NOT_ASKED),
        ([council("a"), council("b")], None, Because.BY_NAME),
        ([council("a"), council("b")], "b", Because.ONLY_ONE),
        ([council("a")], "a", Because.ONLY_THE_ASKERS_OWN),
    ],
)
def test_a_promise_says_why_it_is_this_councils_turn(
    candidates: list[Candidate], asker: str | None, because: Because
) -> None:
    decision = promised({"maintainer": candidates}, asker=asker)
    assert isinstance(decision, Promise)
    assert (decision.organisation_id, decision.because) == ("a", because)


def test_when_nobody_is_left_the_reasons_are_told() -> None:
    assert promised({}, rung=2, has_stewards=False) == Nobody(
        (Skip(2, "users", Why.NOBODY), Skip(3, "stewards", Why.NOBODY))
    )


def test_above_the_last_rung_there_is_nobody() -> None:
    assert promised({"maintainer": [council("a")]}, rung=4) == Nobody()


def test_stewards_who_are_never_at_work_are_told_of_as_such() -> None:
    assert promised({}, rung=3, community=SHUT) == Nobody((Skip(3, "stewards", Why.NEVER_OPEN),))


def test_no_rung_lies_below_the_first() -> None:
    with pytest.raises(ValueError, match="no rung -1"):
        promised({}, rung=-1)


def test_a_mistake_of_ours_is_not_taken_for_a_closed_council() -> None:
    naive = local("2026-06-02T10:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="no time zone"):
        promise(DEFAULT_LADDER, 3, naive, standing({}), (), None, OFFICE)


def test_a_ladder_climbed_to_its_end_calls_each_council_once_and_then_the_stewards() -> None:
    people: People = {"maintainer": [council("a"), council("b"), council("c")], "users": [council("d")]}
    at, rung, called = local("2026-06-02T10:00"), 0, list[str]()
    calls: list[tuple[Ask, str | None]] = []
    while isinstance(step := promise(DEFAULT_LADDER, rung, at, standing(people), called, None, OFFICE), Promise):
        calls.append((step.ask, step.organisation_id))
        called += [step.organisation_id] if step.organisation_id else []
        rung, at = step.rung + 1, step.at
    assert calls == [("maintainer", "a"), ("maintainer", "b"), ("users", None), ("stewards", None)]
    assert at == local("2026-06-04T10:00")  # after Tuesday 14:00, Wednesday 10:00 and 14:00


# --- away, full, together ------------------------------------------------------------------------------

TUESDAY, TO_WEDNESDAY, TO_FRIDAY = "2026-06-02 2026-06-02", "2026-06-02 2026-06-03", "2026-06-02 2026-06-05"
PASSED_OVER: list[tuple[str, list[Candidate], str | None, str, str, Because, list[tuple[str, Why]]]] = [
    (
        "who is away, for whoever is there",
        [council("a", away=TUESDAY), council("b", 3)],
        *(None, "b", "2026-06-02T14:00", Because.ONLY_ONE, [("a", Why.AWAY)]),
    ),
    (
        "not who is away but after those who are there",
        [council("a"), council("b", 3, away=TUESDAY)],
        *(None, "a", "2026-06-02T14:00", Because.FEWEST_OPEN, []),
    ),
    (
        "who is closed on a day of their own, likewise",
        [council("a", calendar=replace(OFFICE, closed=days(TUESDAY))), council("b", 3)],
        *(None, "b", "2026-06-02T14:00", Because.ONLY_ONE, [("a", Why.AWAY)]),
    ),
    (
        "nobody, if the only one is closed: its clock stands still on closed days",
        [council("a", calendar=replace(OFFICE, closed=days(TUESDAY)))],
        *(None, "a", "2026-06-03T13:00", Because.ONLY_ONE, []),
    ),
    (
        "not who will be back by then",
        [council("a", away="2026-05-25 2026-06-01"), council("b", 3)],
        *(None, "a", "2026-06-02T14:00", Because.FEWEST_OPEN, []),
    ),
    (
        "nobody, if the only one is soon back",
        [council("a", away=TO_WEDNESDAY)],
        *(None, "a", "2026-06-04T09:00", Because.ONLY_ONE, []),
    ),
    (
        "who is back later, if all are away",
        [council("a", away=TO_FRIDAY), council("b", 3, away=TO_WEDNESDAY)],
        *(None, "b", "2026-06-04T09:00", Because.FIRST_BACK, [("a", Why.AWAY)]),
    ),
    (
        "who has enough",
        [council("a", 1, at_most=1), council("b", 3, at_most=4)],
        *(None, "b", "2026-06-02T14:00", Because.ONLY_ONE, [("a", Why.HANDS_FULL)]),
    ),
    (
        "who wants none at all",
        [council("a", at_most=0), council("b")],
        *(None, "b", "2026-06-02T14:00", Because.ONLY_ONE, [("a", Why.HANDS_FULL)]),
    ),
    (
        "several, each for its reason",
        [council("c", away=TUESDAY), council("b", 2, at_most=2), council("a", calendar=SHUT), council("d", 9)],
        *(None, "d", "2026-06-02T14:00", Because.ONLY_ONE),
        [("a", Why.NEVER_OPEN), ("b", Why.HANDS_FULL), ("c", Why.AWAY)],
    ),
    (
        "the others, for the asker's own council when they can't",
        [council("a"), council("b", 1, at_most=1)],
        *("a", "a", "2026-06-02T14:00", Because.ONLY_THE_ASKERS_OWN, [("b", Why.HANDS_FULL)]),
    ),
    (
        "the asker's own council, even for one that is away",
        [council("a"), council("b", away=TUESDAY)],
        *("a", "b", "2026-06-03T09:00", Because.ONLY_ONE, []),
    ),
]


@pytest.mark.parametrize(
    ("candidates", "asker", "chosen", "at", "because", "over"),
    [row[1:] for row in PASSED_OVER],
    ids=[row[0] for row in PASSED_OVER],
)
def test_who_is_passed_over_is_told_with_the_reason(
    candidates: list[Candidate], asker: str | None, chosen: str, at: str, because: Because, over: list[tuple[str, Why]]
) -> None:
    decision = promised({"maintainer": candidates}, asker=asker)
    assert isinstance(decision, Promise)
    assert (decision.organisation_id, decision.at, decision.because) == (chosen, local(at), because)
    assert decision.skipped == tuple(Skip(0, "maintainer", why, name) for name, why in over)


def test_nobody_waits_for_somebody_who_is_away_for_weeks_when_the_ladder_has_others() -> None:
    decision = promised({"maintainer": [council("a", away="2026-06-01 2026-06-30")], "users": [council("b")]})
    assert isinstance(decision, Promise)
    assert (decision.ask, decision.at) == ("users", local("2026-06-02T14:00"))
    assert decision.skipped == (Skip(0, "maintainer", Why.AWAY, "a"), Skip(1, "maintainer", Why.AWAY, "a"))


def test_days_away_are_told_among_the_closed_days_that_put_a_promise_off() -> None:
    decision = promised({"maintainer": [council("a", away="2026-05-04 2026-05-05")]}, at="2026-05-01T16:00")
    assert isinstance(decision, Promise)
    assert decision.at == local("2026-05-06T09:00")
    assert decision.closed == (Closed(date(2026, 5, 4), "May Day"), Closed(date(2026, 5, 5), ""))


@pytest.mark.parametrize("ask", ["maintainers", "users"])
def test_those_who_are_asked_together_are_asked_when_the_first_of_them_is_there(ask: Ask) -> None:
    afternoons = Calendar(WorkingHours.parse("Mon-Fri 13:00-17:00"), LONDON, "England")
    people: People = {
        ask: [
            council("called already"),
            council("theirs"),
            council("full", 2, at_most=2),
            council("away", away=TUESDAY),
            council("later", calendar=Calendar(WorkingHours.parse("Fri 9-17"), LONDON)),
            council("first", 9, calendar=afternoons),
        ]
    }
    ladder = Ladder((Rung(ask, HOUR),))
    decision = promised(people, called=("called already",), asker="theirs", ladder=ladder)
    assert decision == Promise(
        rung=0,
        ask=ask,
        organisation_id=None,
        at=local("2026-06-02T14:00"),
        because=Because.ALL_TOGETHER,
        skipped=(Skip(0, ask, Why.HANDS_FULL, "full"),),
    )


def test_the_clock_stands_still_during_breaks() -> None:
    waiting = [
        (local("2026-06-02T11:00"), local("2026-06-02T12:30")),
        (local("2026-06-02T16:00"), local("2026-06-03T10:00")),
    ]
    decision = promised({"maintainer": [council("a")]}, breaks=waiting)
    assert isinstance(decision, Promise)
    assert decision.at == local("2026-06-02T15:30")
    later = promised({"maintainer": [council("a")]}, at="2026-06-02T14:00", breaks=waiting)
    assert isinstance(later, Promise)
    assert later.at == local("2026-06-03T12:00")


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-06-02T10:00", "2026-06-02T14:00"),
        ("2026-06-02T09:00", "2026-06-02T14:00"),  # the clock jumped back
        ("2026-06-02T15:00", "2026-06-02T15:00"),  # we were away when its time came
        ("2026-06-02T18:00", "2026-06-03T09:00"),
        ("2027-06-02T18:00", "2027-06-03T09:00"),  # the clock jumped forward by a year
    ],
)
def test_a_promise_is_never_for_a_time_that_is_over(now: str, at: str) -> None:
    decision = promised({"maintainer": [council("a")]}, now=local(now))
    assert isinstance(decision, Promise)
    assert decision.at == local(at)


# --- laws ----------------------------------------------------------------------------------------------

HOURS = ["Mon-Fri 09:00-17:00", "Tue,Thu 9-12 13-15", "Sat-Sun 0-24", "always", "Fri 22-24"]
JUNE = [date(2026, 6, 1) + timedelta(days=n) for n in range(40)]
calendars = st.one_of(
    st.builds(
        Calendar,
        st.sampled_from(HOURS).map(WorkingHours.parse),
        st.sampled_from(["Europe/London", "America/St_Johns", "Pacific/Apia"]).map(ZoneInfo),
        st.sampled_from(["England", "Scotland", ""]),
        st.frozensets(st.sampled_from(JUNE), max_size=5),
    ),
    st.just(SHUT),
)
instants = st.datetimes(datetime(2026, 5, 28), datetime(2026, 6, 20), timezones=st.just(UTC))  # noqa: DTZ001
breaks = st.lists(st.tuples(instants, instants), max_size=3)
groups = st.lists(
    st.builds(
        Candidate,
        st.sampled_from("abcdef"),
        st.integers(0, 3),
        st.one_of(st.none(), instants),
        calendars,
        st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(JUNE)), st.just(frozenset(JUNE))),
        st.one_of(st.none(), st.integers(0, 3)),
    ),
    max_size=5,
    unique_by=lambda one: one.organisation_id,
)
ladders = st.builds(
    Ladder,
    st.lists(
        st.builds(Rung, st.sampled_from(get_args(Ask)), st.timedeltas(timedelta(0), 20 * HOUR)), min_size=1, max_size=4
    ).map(tuple),
)


@dataclass(frozen=True)
class Situation:
    """All that a promise is made of, but for the community's calendar."""

    ladder: Ladder
    maintainers: list[Candidate]
    users: list[Candidate]
    since: datetime
    now: datetime
    breaks: list[Interval]
    called: frozenset[str]
    asker: str | None

    def promise(self) -> Promise | Nobody:
        return promise(
            self.ladder, 0, self.since, self.all_of, self.called, self.asker, OFFICE, now=self.now, breaks=self.breaks
        )

    def all_of(self, ask: Ask) -> list[Candidate]:
        return self.users if ask == "users" else self.maintainers

    def left_of(self, ask: Ask) -> list[Candidate]:
        everybody = [Candidate("", 0, None, OFFICE)] if ask == "stewards" else self.all_of(ask)
        return [who for who in everybody if who.organisation_id not in self.called]

    def is_there(self, who: Candidate, rung: int) -> bool:
        """Whether they aren't away when their time comes."""
        up = who.calendar.deadline(self.since, self.ladder.rungs[rung].after, self.breaks)
        return works(who, who.calendar.next_open(max(up, self.now)))


situations = st.builds(
    Situation,
    ladders,
    *(groups, groups),
    *(instants, instants),
    breaks,
    st.frozensets(st.sampled_from("abcdef"), max_size=2),
    st.one_of(st.none(), st.sampled_from("abc")),
)
many = settings(max_examples=300, deadline=None)  # a year's holidays are computed once, in some example


def is_full(who: Candidate) -> bool:
    return who.at_most is not None and who.open_requests >= who.at_most


def works(who: Candidate, at: datetime) -> bool:
    return who.calendar.is_open(at) and at.astimezone(who.calendar.zone).date() not in who.away


def told_of(made: Promise | Nobody, rung: int) -> set[str | None]:
    return {skip.organisation_id for skip in made.skipped if skip.rung == rung}


@many
@given(situations)
def test_of_each_rung_that_is_passed_over_all_councils_are_told_of_or_that_there_is_nobody(case: Situation) -> None:
    made = case.promise()
    passed_over = case.ladder.rungs[: made.rung] if isinstance(made, Promise) else case.ladder.rungs
    for index, rung in enumerate(passed_over):
        left: set[str | None] = {who.organisation_id for who in case.left_of(rung.ask)}
        assert told_of(made, index) == (left or {None})


@many
@given(situations)
def test_a_promise_is_for_a_time_to_come_at_which_somebody_of_them_is_there_and_has_a_hand_free(
    case: Situation,
) -> None:
    made = case.promise()
    if isinstance(made, Promise):
        assert made.at >= max(case.since, case.now)
        told = told_of(made, made.rung)
        not_told = [who for who in case.left_of(made.ask) if who.organisation_id not in told]
        asked = [who for who in not_told if made.organisation_id in (None, who.organisation_id)]
        assert any(works(who, made.at) for who in asked)
        assert not any(is_full(who) for who in not_told)
        after = case.ladder.rungs[made.rung].after
        assert any(who.calendar.elapsed(case.since, made.at, case.breaks) >= after for who in asked)


@many
@given(situations)
def test_the_turn_is_theirs_who_come_first_are_not_away_and_are_not_the_askers_own(case: Situation) -> None:
    made = case.promise()
    if not isinstance(made, Promise) or made.organisation_id is None:
        return
    able = {who.organisation_id: who for who in case.left_of("maintainer") if not is_full(who)}
    chosen = able.pop(made.organisation_id)
    told = told_of(made, made.rung)
    others = [who for who in able.values() if who.organisation_id not in {*told, case.asker}]
    assert made.organisation_id != case.asker or not others
    assert case.is_there(chosen, made.rung) or not any(case.is_there(who, made.rung) for who in others)
    assert all(rank(chosen) < rank(who) for who in others)


def rank(who: Candidate) -> tuple[int, datetime, str]:
    return who.open_requests, who.last_asked or datetime.min.replace(tzinfo=UTC), who.organisation_id
