"""The issues of a digest are kept by edition and week; what a week holds is counted by the database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool
from bot.domain.issue import Issue, IssueState
from bot.domain.request import State
from bot.store.memory import Memory
from tests.store.samples import ANA, BEA, DAY, HOUR, NOW, ROOM
from tests.store.test_requests import ASKED

START = NOW - 7 * DAY
ISSUE = Issue("!digest:example.org", "2026-W48", "!digest:example.org", IssueState.DRAFT, NOW, "Hello", "$said")
CAMDEN, LAMBETH = "local-authority:CMD", "local-authority:LBH"


async def test_an_issue_is_read_as_it_was_written_last(memory: Memory) -> None:
    await memory.digests.keep(ISSUE)
    assert await memory.digests.get(ISSUE.edition, ISSUE.week) == ISSUE
    published = replace(
        ISSUE, state=IssueState.PUBLISHED, published_at=NOW + HOUR, title="T", body="b", formatted_body="<b>b</b>",
        figures={"asked": 3, "median_seconds": None},
    )  # fmt: skip
    await memory.digests.keep(published)
    assert await memory.digests.get(ISSUE.edition, ISSUE.week) == published
    assert await memory.digests.get("another", ISSUE.week) is None


async def test_issues_published_come_newest_first_and_of_one_edition_those_before_a_week(memory: Memory) -> None:
    for number in (46, 47, 48):
        at = NOW + (number - 48) * 7 * DAY
        await memory.digests.keep(
            replace(ISSUE, week=f"2026-W{number}", state=IssueState.PUBLISHED, published_at=at)
        )  # fmt: skip
    await memory.digests.keep(replace(ISSUE, week="2026-W45", state=IssueState.SKIPPED))
    await memory.digests.keep(
        replace(ISSUE, edition="other", week="2026-W47", state=IssueState.PUBLISHED, published_at=NOW + DAY)
    )
    assert [(i.edition, i.week) for i in await memory.digests.newest(2)] == [
        ("other", "2026-W47"), (ISSUE.edition, "2026-W48"),
    ]  # fmt: skip
    assert [i.week for i in await memory.digests.before(ISSUE.edition, "2026-W48", 5)] == ["2026-W47", "2026-W46"]


async def test_who_is_left_out_is_so_until_put_in_again(memory: Memory) -> None:
    await memory.digests.leave_out(ANA, NOW)
    await memory.digests.leave_out(ANA, NOW + DAY)
    assert await memory.digests.left_out() == {ANA}
    assert await memory.digests.put_in_again(ANA) is True
    assert await memory.digests.put_in_again(ANA) is False
    assert await memory.digests.left_out() == set()


async def _asked(memory: Memory, number: int, ago: timedelta, **changes: object) -> None:
    r = replace(ASKED, number=number, question_event=f"$q{number}", opened_at=NOW - ago, room_id=ROOM)
    r = replace(r, **changes)  # type: ignore[arg-type]
    await memory.requests.add(r)
    await memory.requests.keep(r)


@pytest.mark.parametrize(
    ("tools", "asked", "answered", "waiting"),
    [((), 3, 2, [1, 4]), (("planx",), 2, 1, [1]), (("planx", "bops"), 3, 2, [1, 4]), (("?",), 0, 0, [])],
)
async def test_questions_are_counted_in_a_week_of_all_tools_or_some(
    memory: Memory, tools: tuple[str, ...], asked: int, answered: int, waiting: list[int]
) -> None:
    done = {"state": State.ANSWERED, "answered_at": NOW - HOUR, "answerer_organisation": CAMDEN}
    await _asked(memory, 1, 9 * DAY, tool_id="planx")
    await _asked(memory, 2, 2 * DAY, tool_id="planx", **done)
    await _asked(memory, 3, 2 * DAY, tool_id="planx", state=State.WITHDRAWN)
    await _asked(memory, 4, DAY, tool_id="bops")
    await _asked(memory, 5, 8 * DAY, tool_id="bops", **done)
    await _asked(memory, 6, 20 * DAY, tool_id="bops", **done | {"answered_at": START - HOUR})
    await _asked(memory, 7, timedelta(0), tool_id="planx")  # the next week's
    digests = memory.digests
    assert await digests.count_asked(START, NOW, tools) == asked
    assert await digests.count_answered(START, NOW, tools) == answered
    assert [r.number for r in await digests.waiting_longest(NOW, 5, tools)] == waiting
    assert await digests.count_waiting(NOW, tools) == len(waiting)
    assert [r.number for r in await digests.waiting_longest(NOW, 1, tools)] == waiting[:1]
    assert await digests.answerers(START, NOW, 5, tools) == ([(CAMDEN, answered)] if answered else [])


async def test_who_is_left_out_is_counted_and_not_named(memory: Memory) -> None:
    await _asked(memory, 1, DAY, asker=ANA)
    await _asked(memory, 2, DAY, asker=BEA)
    for number, council in ((3, CAMDEN), (4, LAMBETH)):
        await _asked(
            memory, number, DAY, state=State.ANSWERED, answered_at=NOW - HOUR, answerer_organisation=council
        )  # fmt: skip
    for who in (ANA, CAMDEN):
        await memory.digests.leave_out(who, NOW)
    assert [r.asker for r in await memory.digests.waiting_longest(NOW, 5)] == [BEA]
    assert await memory.digests.answerers(START, NOW, 5) == [(LAMBETH, 1)]
    assert await memory.digests.count_asked(START, NOW) == 4
    assert await memory.digests.count_waiting(NOW) == 2


async def test_a_use_is_new_when_a_person_says_it_first_and_nobody_took_it_back(memory: Memory) -> None:
    await memory.register.add_organisations([Organisation(CAMDEN, "Camden"), Organisation(LAMBETH, "Lambeth")])
    tools = ("planx", "bops", "decidim", "listed")
    await memory.register.add_tools([Tool(name, name) for name in tools], START - DAY)

    async def said(council: str, tool: str, ago: timedelta, **changes: object) -> None:
        use = Assertion(council, tool, Relation.USES, Status.PRODUCTION, Grade.CONFIRMED, (NOW - ago).date())
        await memory.register.add_assertions([replace(use, **changes)], NOW - ago)  # type: ignore[arg-type]

    await said(CAMDEN, "planx", DAY)
    await said(LAMBETH, "planx", 2 * DAY, grade=Grade.UNVERIFIED)
    await said(CAMDEN, "bops", 30 * DAY, grade=Grade.IMPORTED)
    await said(CAMDEN, "bops", DAY)  # confirmed: no news
    await said(LAMBETH, "bops", 2 * DAY)
    await said(LAMBETH, "bops", DAY, status=Status.RETIRED)
    await said(LAMBETH, "decidim", DAY, relation=Relation.MAINTAINS)
    await said(LAMBETH, "listed", DAY, grade=Grade.IMPORTED)
    assert await memory.digests.new_uses(START, NOW, 5) == [(LAMBETH, "planx"), (CAMDEN, "planx")]
    assert await memory.digests.new_uses(START, NOW, 1) == [(LAMBETH, "planx")]
    assert await memory.digests.new_uses(START, NOW, 5, ("bops",)) == []
    await memory.digests.leave_out(LAMBETH, NOW)
    assert await memory.digests.new_uses(START, NOW, 5, ("planx", "bops")) == [(CAMDEN, "planx")]
