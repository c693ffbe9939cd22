"""What becomes of rooms: upgraded, encrypted later, muted; and two people who want the same request."""

import asyncio

from tests.faults.fault import fault
from tests.faults.scene import PATIENCE, Scene
from tests.faults.secret_room import Person
from tests.homeserver import Account, Refused, said_by


@fault("upgraded while it was down", "a room gets a successor, and what is asked is asked there",
       "the bot follows; each question in the old and in the new room answered once, in order")  # fmt: skip
async def upgraded(scene: Scene) -> None:
    """A real upgrade: both rooms name each other."""
    await scene.begin(4)
    await scene.settled()
    await scene.kill()
    old, _ = scene.rooms
    answer = await scene.ana.call("POST", f"rooms/{old}/upgrade", {"new_version": "11"})
    new = str(answer["replacement_room"])
    for who in (scene.clerk, scene.rhea):
        await invited(scene.ana, new, who)
    await scene.rhea.join(new)
    scene.rooms.append(new)
    await scene.start()
    await entered(scene, new)
    await scene.ask(3, new)


async def invited(host: Account, room: str, who: Account) -> None:
    """Unless the server did so by itself."""
    try:
        await host.invite(room, who)
    except Refused as error:
        if error.errcode != "M_FORBIDDEN":
            raise


async def entered(scene: Scene, room: str) -> None:
    """Wait until the bot is there."""
    async with asyncio.timeout(PATIENCE):
        while scene.clerk.user_id not in await scene.ana.members(room):  # noqa: ASYNC110 - the room rings no bell
            await asyncio.sleep(0.2)


@fault("encryption turned on later", "2 questions in clear, m.room.encryption, 3 more of a client that encrypts",
       "each answered once, after the change only encrypted")  # fmt: skip
async def encrypted_later(scene: Scene) -> None:
    """It can't be turned off again, and whoever goes on in clear tells the server everything."""
    await scene.begin()
    eve = await scene.homeserver.account("eve")
    scene.person = await Person.log_in(scene.homeserver, eve.user_id, scene.folder)
    scene.secret = await eve.create_room("Later secret", invite=[scene.clerk])
    await scene.person.reads(scene.secret, "town clerk", PATIENCE)
    await scene.ask_secretly(2)
    await scene.settled()
    changed = await eve.set_state(scene.secret, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    await scene.ask_secretly(3)
    await scene.settled()
    timeline = await eve.messages(scene.secret)
    place = next(n for n, seen in enumerate(timeline) if seen.event_id == changed)
    ours = [seen.type for seen in timeline[place:] if seen.sender == scene.clerk.user_id]
    assert "m.room.encrypted" in ours, "nothing was said"
    assert "m.room.message" not in ours, "said in clear in an encrypted room"


@fault("muted, then not", "the power to speak raised above the bot's before a help request, lowered after it",
       "the request's card is shown once it may speak; the other room goes on")  # fmt: skip
async def muted(scene: Scene) -> None:
    """What can't be sent is not tried for ever, and what still matters is said later."""
    await scene.begin()
    await scene.settled()
    room, other = scene.rooms
    before = await scene.ana.state(room, "m.room.power_levels")
    await scene.ana.set_state(room, "m.room.power_levels", before | {"events_default": 50})
    await scene.ask_for_help(room)
    await scene.ask(2, other)
    scene.dead_rows = 3
    await scene.settled()
    await scene.ana.set_state(room, "m.room.power_levels", before)
    await scene.ask(2, room)


@fault("two volunteers at once", "🙋 of two people on the same card at the same moment",
       "one of them has it, the other is told once")  # fmt: skip
async def two_volunteers(scene: Scene) -> None:
    """Who is first is decided by the order in which the room has it."""
    await scene.begin()
    question = await scene.ask_for_help()
    room = question.room_id
    card = await scene.rhea.wait_for(room, said_by(scene.clerk.user_id, "Help request"), PATIENCE)
    volunteers = (scene.bea, scene.rhea)
    await asyncio.gather(*(who.react(room, card.event_id, "🙋") for who in volunteers))
    await scene.settled()
    async with scene.reading() as memory:
        request = await memory.requests.of_question(question.event_id)
    assert request is not None
    assert request.claimer in {who.user_id for who in volunteers}, f"nobody has it: {request.state}"
    told = [seen for seen in await scene.rhea.messages(room) if "already. You are welcome" in seen.body]
    assert len(told) == 1, f"the other one was told {len(told)} times"
