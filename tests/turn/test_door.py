"""Who may ask the bot in, and that a flood of invitations costs no more than reading it."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from bot.turn.chat import Invitation, TryLater
from bot.turn.door import EVERY, LONGEST_PUT_OFF, MOST_AT_ONCE, MOST_LOOKED_UP, MOST_SERVERS, MOST_TOLD, Door
from tests.dialogue import FakeChat
from tests.store.samples import NOW

SPACE = "#councils:example.org"
MOST = MOST_AT_ONCE + int(LONGEST_PUT_OFF / EVERY)


def door(**allowed: Any) -> Door:
    """A door, with people who are members of the space."""
    return Door(FakeChat(members={(SPACE, "@kim:space.org")}), **allowed)


def asked(*inviters: str) -> list[Invitation]:
    """They ask us into a room each."""
    return [Invitation(f"!{number}:x.org", inviter, False) for number, inviter in enumerate(inviters)]


async def let_in(at: Door, *inviters: str, knocked: Sequence[str] = ()) -> list[str]:
    """Whose invitations are followed."""
    return [one.invitation.inviter for one in await at.judge(asked(*inviters), knocked, NOW)]


async def test_by_server_by_person_or_by_space() -> None:
    at = door(servers=["*.gov.uk"], people=["@kim:*", "@lea.?:x.org"], spaces=[SPACE])
    inviters = ["@a:camden.gov.uk", "@kim:evil.org", "@lea.2:x.org", "@lea.22:x.org", "@a:gov.uk.evil.org"]
    assert await let_in(at, *inviters) == ["@a:camden.gov.uk", "@kim:evil.org", "@lea.2:x.org"]
    assert await let_in(door(spaces=[SPACE]), "@kim:space.org", "@eva:space.org") == ["@kim:space.org"]


async def test_into_a_room_of_the_settings_or_where_it_knocked_anybody_may_let_it() -> None:
    assert await let_in(door(rooms=["!0:x.org"]), "@a:x.org", "@a:x.org") == ["@a:x.org"]
    assert await let_in(door(), "@a:x.org", "@b:x.org", knocked=["!1:x.org"]) == ["@b:x.org"]


async def test_of_a_flood_the_first_are_followed_at_once_some_later_and_the_rest_never() -> None:
    at = door(servers=["x.org", "y.org"])
    accepted = await at.judge(asked(*["@eva:x.org"] * 1000), [], NOW)
    assert len(accepted) == MOST
    assert [one.at for one in accepted[: MOST_AT_ONCE + 1]] == [NOW] * MOST_AT_ONCE + [NOW + EVERY]
    assert accepted[-1].at == NOW + LONGEST_PUT_OFF
    assert await at.judge(asked("@eva:x.org"), [], NOW) == []
    assert len(await at.judge(asked("@ana:y.org"), [], NOW)) == 1, "another server isn't made to wait"


async def test_over_an_hour_a_server_gets_no_further_than_its_tempo() -> None:
    at = door(servers=["x.org"])
    count = sum([len(await at.judge(asked(*["@eva:x.org"] * 100), [], NOW + timedelta(minutes=m))) for m in range(60)])
    assert count <= MOST + 60 * 60 / EVERY.total_seconds()


async def test_refusals_are_said_in_few_lines_and_strangers_looked_up_are_few() -> None:
    at = door(spaces=[SPACE])
    with capture_logs() as logs:
        assert await let_in(at, *(f"@eva:{n}.evil.org" for n in range(1000)), "@eva:0.evil.org") == []
    assert len(logs) == MOST_TOLD
    assert logs[0]["count"] == 2
    assert len(json.dumps(logs)) < 10_000
    assert await let_in(at, *["@eva:x.org"] * MOST_LOOKED_UP, "@kim:space.org") == []


async def test_it_remembers_no_more_servers_than_it_must() -> None:
    at = door(servers=["*"])
    await let_in(at, *(f"@a:{number}.org" for number in range(MOST_SERVERS + 10)))
    assert len(at._next) == MOST_SERVERS


async def test_where_the_members_of_a_space_cannot_be_learned_only_one_is_asked_for() -> None:
    class Slow(FakeChat):
        asked = 0

        async def is_member(self, room: str, person: str) -> bool:
            self.asked += 1
            raise TryLater("busy")

    chat = Slow()
    assert await Door(chat, spaces=[SPACE, SPACE]).judge(asked(*["@kim:space.org"] * 5), [], NOW) == []
    assert chat.asked == 1
