"""Who uses X, what does Y use: the questions, by dialogue."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.directory import Grade, Status
from tests.dialogue import (
    BEA,
    BOPS,
    CAMDEN,
    CARDIFF,
    DECIDIM,
    LAMBETH,
    PLANX,
    ROOM,
    Dialogue,
    dialogue,
    maintains,
    uses,
)

REGISTER = (
    uses(CAMDEN, PLANX, grade=Grade.CONFIRMED, since="2022"),
    uses(LAMBETH, PLANX, since="2021", grade=Grade.MAINTAINER, asserted_on=date(2024, 5, 1)),
    uses(CARDIFF, PLANX, status=Status.PILOT, grade=Grade.OBSERVED),
    uses(LAMBETH, BOPS),
    uses(CAMDEN, BOPS, status=Status.RETIRED),
    maintains(LAMBETH, PLANX),
)


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """A talk with the directory alone."""
    async with dialogue(tmp_path, {"directory": {}, "people": {}, "help": {}}, assertions=REGISTER) as made:
        yield made


async def test_who_uses_a_tool_says_how_many_how_sure_and_who_answers(talk: Dialogue) -> None:
    question = await talk.say("who uses PlanX?")
    assert talk.last.body.splitlines() == [
        "PlanX – used by 3 councils I know of, 1 confirmed this year",
        "· London Borough of Camden – in production since 2022, confirmed by Camden 4 weeks ago",
        "· London Borough of Lambeth – in production since 2021, said by the maintainers 2 years ago"
        "; too old to say whether it still holds",
        "· Cardiff Council – in pilot, observed by a list 4 weeks ago",
        "Lambeth answers questions about PlanX.",
        "To ask them all: “ask PlanX users: …”",
        "Do you use it? Say “we use PlanX”.",
    ]
    assert talk.last.relation == {"m.in_reply_to": {"event_id": question}}
    assert talk.last.content["msgtype"] == "m.notice"
    assert talk.last.content["m.mentions"] == {}


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("who uses plan-x in Wales?", "1 council I know of in Wales"),
        ("who uses PlanX in London", "2 councils I know of in London"),
        ("does Camden use PlanX?", "Yes: London Borough of Camden uses PlanX"),
        ("does Camden still use BOPS?", "Not any more: London Borough of Camden used BOPS"),
        ("does Xyzzyshire use PlanX?", "I don't know an organisation called Xyzzyshire."),
        ("does Wales use PlanX?", "1 council I know of in Wales"),
        ("does Cardiff use BOPS", "I don't know that Cardiff Council uses BOPS"),
        ("what does Camden use?", "London Borough of Camden uses 1 tool I know of"),
        ("what does Oldtown use?", "Oldtown Borough Council was replaced by London Borough of Camden on 1 April 2023"),
        ("who maintains PlanX?", "Lambeth answers questions about PlanX"),
        ("who maintains Decidim?", "Nobody has volunteered to answer questions about Decidim yet"),
        ("what is PlanX?", "PlanX – Online planning services."),
        ("who uses Decidim?", "Decidim – I know of nobody using it"),
        ("who uses Zorblax?", "I don't know a tool called Zorblax."),
        ("who uses <b>@room</b>?", "I don't know a tool called <b>@\u2060room</b>."),
        ("what does WCC use?", "WCC could be any of these."),
        ("what's there for planning?", "For planning I know of 2 tools"),
        ("what does Zorbville use?", "I don't know an organisation called Zorbville."),
    ],
)  # fmt: skip
async def test_an_answer_to_each_kind_of_question(talk: Dialogue, asked: str, answered: str) -> None:
    await talk.say(asked)
    assert answered in talk.last.body


async def test_a_tool_named_like_a_tag_or_a_ping_is_only_text(talk: Dialogue) -> None:
    await talk.say("who uses <b>@room</b>?")
    assert "&lt;b&gt;@\u2060room&lt;/b&gt;" in talk.last.html
    assert talk.last.content["m.mentions"] == {}


async def test_what_was_not_said_to_the_bot_is_not_answered(talk: Dialogue) -> None:
    await talk.say("who uses PlanX?", addressed=False)
    assert talk.said == []


async def test_asked_in_a_thread_it_answers_in_the_thread(talk: Dialogue) -> None:
    root = await talk.say("morning all", addressed=False)
    question = await talk.say("who uses PlanX?", thread=root)
    assert talk.last.relation["event_id"] == root
    assert talk.last.relation["m.in_reply_to"] == {"event_id": question}


async def test_an_edited_question_is_answered_by_editing_the_answer(talk: Dialogue) -> None:
    question = await talk.say("who uses PlanX?")
    answer = talk.last
    await talk.edit(question, "who uses BOPS?")
    assert talk.last.edits == answer.event_id
    assert "BOPS – used by 1 council" in talk.last.body


async def test_a_mistyped_name_corrected_by_an_edit_is_answered_in_place(talk: Dialogue) -> None:
    question = await talk.say("who uses Zorblax?")
    answer = talk.last
    await talk.edit(question, "who uses BOPS?")
    assert talk.last.edits == answer.event_id
    assert "BOPS – used by" in talk.last.body
    await talk.edit(question, "who uses Zorblax again?")
    assert talk.last.edits == answer.event_id
    assert "I don't know a tool called" in talk.last.body


async def test_somebody_elses_edit_of_a_question_changes_nothing(talk: Dialogue) -> None:
    question = await talk.say("who uses PlanX?")
    await talk.edit(question, "who uses BOPS?", sender=BEA)
    assert len(talk.said) == 1


async def test_a_very_long_message_is_answered_shortly(talk: Dialogue) -> None:
    await talk.say("who uses " + "x" * 64_000 + "?")
    assert len(talk.last.body) < 1_000


async def test_an_empty_address_is_answered_with_what_can_be_said(talk: Dialogue) -> None:
    await talk.say("")
    assert "who uses PlanX" in talk.last.body


async def test_the_whole_list_is_shown_on_request(tmp_path: Path) -> None:
    everybody = [uses(o, DECIDIM) for o in (CAMDEN, LAMBETH, CARDIFF)]
    async with dialogue(tmp_path, {"directory": {}}, assertions=everybody) as talk:
        await talk.say("who uses Decidim all")
        assert talk.last.body.count("·") == 3
        assert talk.in_room(ROOM) == [talk.last]


async def test_where_nobody_uses_it_any_more_nobody_can_be_asked(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"directory": {}}, assertions=[uses(CAMDEN, BOPS, status=Status.RETIRED)]) as talk:
        await talk.say("who uses BOPS?")
        assert "To ask them all" not in talk.last.body


async def test_a_volunteer_whom_nobody_verified_alone_doesnt_answer_too(tmp_path: Path) -> None:
    register = [uses(CAMDEN, BOPS), maintains(LAMBETH, BOPS, grade=Grade.UNVERIFIED)]
    async with dialogue(tmp_path, {"directory": {}}, assertions=register) as talk:
        await talk.say("who uses BOPS?")
        assert "Lambeth may answer questions about BOPS: said, but not verified yet." in talk.last.body
