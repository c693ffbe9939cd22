"""One round of fuzzing: a hostile response with a good neighbour in it, and what must hold behind it."""

from random import Random
from typing import Any

from tests.dialogue import ANA, BEA, ROOM
from tests.fuzz.events import Hostile
from tests.fuzz.whole import OTHER, SECRET, Whole, check


def spoken(event_id: str, text: str, sender: str = ANA) -> dict[str, Any]:
    """A message as a decent server sends it."""
    content = {"msgtype": "m.text", "body": text, "m.mentions": {}}
    return {"type": "m.room.message", "event_id": event_id, "sender": sender, "content": content, "origin_server_ts": 1}


async def begin(whole: Whole) -> list[str]:
    """Something to relate to: a request and an answer in the room, and a request in another that is nobody's here."""
    await whole.feed(whole.response([spoken("$elsewhere", f"clerk: help, how is {SECRET} with BOPS?", BEA)], OTHER))
    await whole.feed(whole.response([spoken("$help", "clerk: help, how do I install PlanX on a boat?")]))
    await whole.feed(whole.response([spoken("$who", "clerk: who uses PlanX?")]))
    return ["$elsewhere", "$help", "$who", *(said.event_id for said in whole.chat.said)]


async def one_round(whole: Whole, rng: Random, targets: list[str]) -> dict[str, Any]:
    """Feed one hostile response and check what came of it; the response."""
    made = Hostile(rng, targets)
    good = f"$good{whole.number}"
    events = made.events(whole.number)
    events.insert(rng.randint(0, len(events)), spoken(good, "clerk: who uses PlanX?"))
    answer = whole.response(events, ROOM, **made.sections())
    if rng.random() < 0.3:
        answer["rooms"]["join"]["!broken:x.org"] = made.wrong()
    said = await whole.feed(answer)
    assert await whole.state(good) == "done"
    assert sum(one.op_id.startswith(f"directory.who_uses:{good}:") for one in said) == 1
    check([one for one in said if one.room_id == ROOM], SECRET)
    check(said)
    ids = [event.get("event_id") for event in events if isinstance(event, dict)]
    targets += [event_id for event_id in ids if isinstance(event_id, str)]
    return answer
