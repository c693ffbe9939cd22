"""People whom the bot's account ignores are found out: the homeserver hides them without a word."""

from typing import Any

import pytest
from aiohttp import web

from bot.matrix.hidden import hidden_people, told
from bot.matrix.wire import Wire
from bot.turn.chat import Refused
from tests.matrix.test_wire import answering


async def hidden(answer: Any, status: int = 200) -> list[str]:
    """Whom this account data hides."""
    async with answering(web.json_response(answer, status=status)) as url:
        wire = Wire(url)
        try:
            return await hidden_people(wire, "@clerk:x.org")
        finally:
            await wire.close()


async def test_whoever_is_ignored_is_named() -> None:
    found = await hidden({"ignored_users": {"@b:x.org": {}, "@a:x.org": {}}})
    assert found == ["@a:x.org", "@b:x.org"]
    assert told(found) == "2 people are ignored by the bot's account (@a:x.org, @b:x.org): it can't hear them"


@pytest.mark.parametrize("answer", [{}, {"ignored_users": {}}, {"ignored_users": []}, {"ignored_users": None}])
async def test_a_list_of_nobody_hides_nobody(answer: Any) -> None:
    assert await hidden(answer) == []


async def test_no_list_hides_nobody() -> None:
    assert await hidden({"errcode": "M_NOT_FOUND"}, 404) == []


@pytest.mark.parametrize("errcode", ["M_FORBIDDEN", "M_UNRECOGNIZED"])
async def test_an_answer_that_says_nothing_of_the_list_is_not_taken_for_nobody(errcode: str) -> None:
    with pytest.raises(Refused, match=errcode):
        await hidden({"errcode": errcode}, 403)
