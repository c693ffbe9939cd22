"""The next call is a decision with its reasons: fair among councils, in their own hours, never lost."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
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
    choose,
    promise,
)
from bot.domain.hours import WorkingHours
from bot.domain.working_time import Calendar, Closed

LONDON = ZoneInfo("Europe/London")
OFFICE = Calendar(WorkingHours.parse("Mon-Fri 09:00-17:00"), LONDON, "England")
SCOTTISH = Calendar(WorkingHours.parse("Mon-Fri 09:00-17:00"), LONDON, "Scotland")
SHUT = Calendar(OFFICE.hours, LONDON, "", frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(6_000)))
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    """An instant in UTC, by what London's wall clock says."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def council(name: str, open_requests: int = 0, last_asked: str | None = None, calendar: Calendar = OFFICE) -> Candidate:
    return Candidate(name, open_requests, local(last_asked) if last_asked else None, calendar)


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
    turn = choose(candidates, called, asker)
    assert (turn.organisation_id if turn else None) == chosen


@given(st.permutations([council("a", 1), council("b", 1, "2026-05-01"), council("c", 0), council("d", 3)]))
def test_the_order_in_which_councils_are_listed_decides_nothing(candidates: list[Candidate]) -> None:
    called: list[str] = []
    while turn := choose(candidates, called, None):
        called.append(turn.organisation_id)
    assert called == ["c", "a", "b", "d"]


# --- fairness ------------------------------------------------------------------------------------------


def simulate(patience: dict[str, int], requests: int, seed: int) -> tuple[Counter[str], list[int]]:
    """Who was called how often, and at each call how far the busiest was from the least busy.

    `patience` is how many requests later a council's claim closes, on average: the unequal part.
    """
    random = Random(seed)
    start = local("2026-01-01T09:00")
    closing: dict[str, list[float]] = {name: [] for name in patience}
    last_asked: dict[str, datetime] = {}
    calls: Counter[str] = Counter()
    spreads: list[int] = []
    for n in range(requests):
        closing = {name: [end for end in ends if end > n] for name, ends in closing.items()}
        candidates = [Candidate(c, len(closing[c]), last_asked.get(c), OFFICE) for c in patience]
        turn = choose(candidates, (), random.choice([*patience, "somebody else"]))
        assert turn
        name = turn.organisation_id
        closing[name].append(n + random.expovariate(1 / patience[name]))
        last_asked[name] = start + n * HOUR
        calls[name] += 1
        load = [len(ends) for ends in closing.values()]
        spreads.append(max(load) - min(load))
    return calls, spreads


@pytest.mark.parametrize("seed", range(5))
def test_equal_councils_are_called_equally_often(seed: int) -> None:
    calls, spreads = simulate(dict.fromkeys("abcdefgh", 6), 1_000, seed)
    assert max(calls.values()) - min(calls.values()) <= 32  # of 125: chance closes some claims sooner
    assert max(spreads) <= 3


@pytest.mark.parametrize("seed", range(5))
def test_unequal_councils_carry_the_same_load_and_all_have_their_turn(seed: int) -> None:
    calls, spreads = simulate({"quick": 2, "b": 6, "c": 8, "d": 10, "slow": 40}, 1_000, seed)
    assert sum(spreads) / len(spreads) < 2
    assert max(spreads) <= 4
    assert min(calls.values()) >= 30
    assert calls["quick"] > calls["slow"]


def test_while_nothing_is_closed_no_council_is_called_more_than_once_more_than_another() -> None:
    calls, spreads = simulate(dict.fromkeys("abcdefg", 10**9), 1_000, seed=1)
    assert max(calls.values()) - min(calls.values()) <= 2
    assert max(spreads) <= 2


# --- ladders -------------------------------------------------------------------------------------------


def test_the_default_ladder_asks_two_maintainers_then_users_then_the_stewards() -> None:
    assert [rung.ask for rung in DEFAULT_LADDER.rungs] == ["maintainer", "maintainer", "users", "stewards"]
    assert {rung.after for rung in DEFAULT_LADDER.rungs} == {4 * HOUR}


@given(
    st.lists(
        st.builds(Rung, st.sampled_from(["maintainer", "users", "stewards"]), st.timedeltas(timedelta(0))),
        min_size=1,
    )
)
def test_a_ladder_comes_back_from_its_request_as_it_went(rungs: list[Rung]) -> None:
    ladder = Ladder(tuple(rungs))
    assert Ladder.from_json(ladder.to_json()) == ladder


def test_a_kept_ladder_can_be_read_by_people() -> None:
    assert Ladder((Rung("users", 1.5 * HOUR),)).to_json() == (
        '{"rungs": [{"ask": "users", "after": "1h30m"}], "repeats": 0}'
    )


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "3", "[3]", "null", '["users"]', '[{"ask": "users"}]'),
        '[{"ask": "users", "after": 4}]',
        '[{"ask": "users", "after": "soon"}]',
        '[{"ask": "mayor", "after": "4h"}]',
    ],
)
def test_what_is_no_ladder_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Ladder.from_json(text)


def test_a_rung_cannot_come_before_the_call_before_it() -> None:
    with pytest.raises(ValueError, match="before"):
        Rung("users", -HOUR)


# --- promises ------------------------------------------------------------------------------------------

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
