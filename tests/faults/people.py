"""What people do, while the bot is away and while it isn't."""

import asyncio
from typing import Any

from tests.faults.fault import fault
from tests.faults.hearing import timelines
from tests.faults.scene import Question, Scene
from tests.faults.tricks import FOR_EVER, polls, rewritten

LURE = "org.townclerk.lure"

STRANGE = (
    "who uses tool-\u0000x?", "who uses \u202etool\u202c-9?", "who uses " + "t" * 40_000 + "?",
    "who uses t" + "\u0335\u0336\u0337" * 500 + "?", "who uses <b>tool</b> @room?",
    "who uses\n\n\n" + "\n" * 5000 + "x?",
    "who uses " + "(" * 3000 + "?", "\ud83d\ude80" * 3000, "who uses 𝐩𝐥𝐚𝐧𝐱?",
)  # fmt: skip


@fault("taken back while it was down", "2 of 6 questions are redacted before the bot sees them",
       "they are not answered, the others are, once, in order")  # fmt: skip
async def redacted(scene: Scene) -> None:
    """The words are gone before they are read."""
    await scene.begin()
    await scene.settled()
    await scene.kill()
    asked = await scene.ask(6)
    for question in (asked[1], asked[4]):
        await scene.ana.redact(question.room_id, question.event_id)
        scene.asked.remove(question)
        scene.unanswerable.add(question.event_id)
    await scene.start()


@fault("edited while it was down", "a question is edited three times, another one by a stranger",
       "each question has one answer; the stranger's edit has none")  # fmt: skip
async def edited(scene: Scene) -> None:
    """Only the author's edit counts."""
    await scene.begin()
    await scene.settled()
    await scene.kill()
    mine, others = await scene.ask(2)
    for number in range(3):
        await scene.ana.edit(mine.room_id, mine.event_id, f"who uses tool-edited-{number}?")
    scene.unanswerable.add(await scene.bea.edit(others.room_id, others.event_id, "who uses tool-stranger?"))
    await scene.start()
    await scene.ask(2)


@fault("another bot asks", "m.notice with the bot's name in it, and a thousand words of its own quoted",
       "no answer to a notice; people are answered")  # fmt: skip
async def notices(scene: Scene) -> None:
    """Two bots that answer each other never end."""
    await scene.begin()
    for number in range(5):
        said = await scene.bea.send(scene.rooms[0], f"who uses tool-n{number}?", notice=True, mentions=[scene.clerk])
        scene.unanswerable.add(said)
    await scene.ask(2)


@fault("strange words", "40 kB in one word, NUL, bidi, zalgo, 5,000 lines, mathematical letters, half the emoji",
       "each has one answer, the others come in order")  # fmt: skip
async def strange(scene: Scene) -> None:
    """What nobody types and somebody sends."""
    await scene.begin()
    for words in STRANGE:
        event_id = await scene.ana.send(scene.rooms[0], words, mentions=[scene.clerk])
        scene.asked.append(Question(event_id, scene.rooms[0]))
    await scene.ask(4)


def bury(answer: dict[str, Any]) -> None:
    """What another server's people may send: the type of a state event, and no state key."""
    for events in timelines(answer):
        for event in events:
            if event["type"] == LURE:
                event["type"] = "m.room.tombstone"


@fault("a tombstone that is none", "m.room.tombstone as a message, no state, with a room to lure the bot into",
       "the room goes on")  # fmt: skip
async def tombstone(scene: Scene) -> None:
    """Only a state event, and only where the successor points back."""
    await scene.begin()
    elsewhere = await scene.bea.create_room("Trap", invite=[scene.clerk])
    content = {"body": "moved", "replacement_room": elsewhere}
    scene.proxy.plays(polls, rewritten(bury), FOR_EVER)  # no server of ours would take it from a client
    await scene.ana.send_event(scene.rooms[0], LURE, content)
    await scene.ask(4)


@fault("thrown out in mid-sentence", "kicked while it was down, right after a question; asked back later",
       "the other rooms go on; after its return each is answered once")  # fmt: skip
async def kicked(scene: Scene) -> None:
    """What can't be sent is not tried for ever."""
    await scene.begin()
    await scene.settled()
    await scene.kill()
    room, other = scene.rooms
    await scene.ana.send(room, "who uses tool-last?", mentions=[scene.clerk])
    await scene.ana.kick(room, scene.clerk)
    await scene.ask(3, other)
    scene.dead_rows = 3
    await scene.start()
    await scene.settled()
    await scene.ana.invite(room, scene.clerk)
    async with asyncio.timeout(60):
        while scene.clerk.user_id not in await scene.rhea.members(room):  # noqa: ASYNC110 - the room rings no bell
            await asyncio.sleep(0.2)
    await scene.ask(4)


@fault("thirty invitations", "to as many rooms, one after the other, while people ask",
       "each question is answered once")  # fmt: skip
async def invitations(scene: Scene) -> None:
    """A flood."""
    await scene.begin()
    flood = asyncio.create_task(_flood(scene, 30))
    await scene.ask(10)
    await flood


async def _flood(scene: Scene, count: int) -> None:
    for number in range(count):
        await scene.bea.create_room(f"Flood {number}", invite=[scene.clerk])


@fault("fifty at once", "50 questions in 5 rooms within a second or two")
async def at_once(scene: Scene) -> None:
    """All start to speak at the same time."""
    await scene.start()
    await scene.enter(5)
    await asyncio.gather(*(scene.ask(10, room) for room in scene.rooms))
