"""Who belongs where, by dialogue; and the first word in a room."""

from dataclasses import replace
from pathlib import Path

from tests.dialogue import BEA, CAMDEN, ROOM, dialogue

PLUGINS: dict[str, dict[str, object]] = {"people": {}}


async def test_an_account_known_from_the_settings_is_verified(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("I work for Camden", sender=BEA)
        assert "Your account confirms it" in talk.last.body


async def test_a_homeserver_that_is_one_bodys_alone_proves_it_and_a_shared_one_proves_nothing(
    tmp_path: Path,
) -> None:
    councils = [
        {"id": CAMDEN.id, "homeservers": ["camden.example", "shared.example"]},
        {"id": "local-authority:LBH", "homeservers": ["shared.example"]},
    ]
    async with dialogue(tmp_path, PLUGINS, councils=councils) as talk:
        await talk.say("I work for Camden", sender="@dora:camden.example")
        assert "Your account confirms it" in talk.last.body
        await talk.say("I work for Camden", sender="@dora:shared.example")
        assert "I have asked the stewards to confirm it" in talk.in_room(ROOM)[-1].body


async def test_an_abolished_council_leads_to_its_successor(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("I work for Oldtown")
        assert talk.in_room(ROOM)[-1].body.splitlines()[0] == (
            "Oldtown Borough Council was replaced by London Borough of Camden on 1 April 2023."
        )
        assert "you work for London Borough of Camden" in talk.in_room(ROOM)[-1].body


async def test_what_the_settings_prove_ends_with_them(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("I work for Camden", sender=BEA)
        talk.router.community = replace(talk.router.community, councils=())
        await talk.say("what do you know about me?", sender=BEA)
        assert "nothing has verified that yet" in talk.last.body


async def test_an_ambiguous_name_is_asked_about(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("I work for WCC")
        assert talk.last.body.splitlines() == [
            "WCC could be any of these. Which one do you mean? Say its number; I remember it for this room.",
            "· “1” Warwickshire County Council",
            "· “2” Winchester City Council",
        ]
        await talk.say("2", addressed=False)
        assert "you work for Winchester City Council" in talk.in_room(ROOM)[-1].body


async def test_invited_into_a_room_it_says_once_who_it_is_and_what_it_keeps(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.arrive(BEA, ROOM, kind="entered", inviter=BEA, direct=False)
        assert "I am the town clerk of Test councils" in talk.last.body
        assert "I keep the questions you put to me" in talk.last.body
