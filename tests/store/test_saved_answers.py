"""A council's saved answers come back as they were, each council's own, and go with the message they came from."""

from dataclasses import replace

import pytest_asyncio

from bot.domain.directory import Organisation
from bot.domain.saved_answer import SavedAnswer
from bot.store.memory import Memory
from tests.store.samples import ANA, BEA, HOUR, NOW

CAMDEN, LEEDS = "local-authority:CMD", "local-authority:LDS"
VPN = SavedAnswer(CAMDEN, "vpn", "VPN", "Connect it’s first.", ANA, NOW, "$said", "$saved")


@pytest_asyncio.fixture(autouse=True)
async def councils(memory: Memory) -> None:
    """Two councils."""
    await memory.register.add_organisations([Organisation(CAMDEN, "Camden"), Organisation(LEEDS, "Leeds")])


async def test_it_comes_back_as_it_was(memory: Memory) -> None:
    await memory.saved_answers.keep(VPN)
    assert await memory.saved_answers.get(CAMDEN, "vpn") == VPN
    assert await memory.saved_answers.get(CAMDEN, "VPN") is None
    assert await memory.saved_answers.get(LEEDS, "vpn") is None


async def test_the_last_one_under_a_name_is_kept(memory: Memory) -> None:
    await memory.saved_answers.keep(VPN)
    later = SavedAnswer(CAMDEN, "vpn", "vpn", "Call us.", BEA, NOW + HOUR, "$other", "$other")
    await memory.saved_answers.keep(later)
    assert await memory.saved_answers.of(CAMDEN) == [later]
    assert await memory.saved_answers.drop_from("$said") == 0


async def test_a_councils_answers_are_its_own_and_sorted_by_name(memory: Memory) -> None:
    for name in ("b", "ä", "a"):
        await memory.saved_answers.keep(replace(VPN, name=name))
    await memory.saved_answers.keep(replace(VPN, organisation_id=LEEDS))
    assert [saved.name for saved in await memory.saved_answers.of(CAMDEN)] == ["a", "b", "ä"]
    assert (await memory.saved_answers.count_of(CAMDEN), await memory.saved_answers.count_of(LEEDS)) == (3, 1)


async def test_it_can_be_dropped_by_its_name(memory: Memory) -> None:
    await memory.saved_answers.keep(VPN)
    assert not await memory.saved_answers.drop(LEEDS, "vpn")
    assert await memory.saved_answers.drop(CAMDEN, "vpn")
    assert not await memory.saved_answers.drop(CAMDEN, "vpn")


async def test_it_goes_with_the_message_that_said_it_and_with_the_one_that_saved_it(memory: Memory) -> None:
    await memory.saved_answers.keep(VPN)
    await memory.saved_answers.keep(replace(VPN, organisation_id=LEEDS, saved_in="$saved2"))
    assert await memory.saved_answers.drop_from("$nothing") == 0
    assert await memory.saved_answers.drop_from("$saved2") == 1
    assert await memory.saved_answers.get(CAMDEN, "vpn") == VPN
    assert await memory.saved_answers.drop_from("$said") == 1
    assert await memory.saved_answers.count_of(CAMDEN) == 0


async def test_only_what_a_message_both_said_and_saved_is_that_messages(memory: Memory) -> None:
    own = replace(VPN, name="own", said_in="$own", saved_in="$own")
    for saved in (VPN, own):
        await memory.saved_answers.keep(saved)
    assert await memory.saved_answers.of_message("$own") == own
    assert await memory.saved_answers.of_message("$said") is None
    assert await memory.saved_answers.of_message("$saved") is None


async def test_a_person_is_forgotten_and_the_answer_stays(memory: Memory) -> None:
    await memory.saved_answers.keep(VPN)
    await memory.saved_answers.keep(replace(VPN, name="other", said_by=BEA))
    await memory.saved_answers.forget(ANA)
    assert [(saved.name, saved.said_by) for saved in await memory.saved_answers.of(CAMDEN)] == [
        ("other", BEA),
        ("vpn", ""),
    ]
