"""Between the bot and its homeserver: what it hears, halved, repeated, and bent."""

import copy
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from tests.faults.fault import add, fault
from tests.faults.proxy import Answer, Passing, Sieve, Trick
from tests.faults.scene import Scene
from tests.faults.tricks import (
    FOR_EVER,
    HTML,
    Change,
    asked_otherwise,
    calls,
    cut_after,
    cut_before,
    few_events,
    half_written,
    pages,
    polls,
    replayed,
    rewritten,
    says,
    truncated,
)  # fmt: skip
from tests.faults.wire import LIMITED, meets


def timelines(answer: dict[str, Any]) -> list[list[Any]]:
    """The events of each room."""
    return [room["timeline"]["events"] for room in answer.get("rooms", {}).get("join", {}).values()]


def each_event_twice(answer: dict[str, Any]) -> None:
    """And the copies in the order of another server."""
    for events in timelines(answer):
        events.extend(copy.deepcopy(events))


def no_token(answer: dict[str, Any]) -> None:
    """Where to go on isn't said."""
    answer.pop("next_batch", None)


def strangers(answer: dict[str, Any]) -> None:
    """Between the good ones, what only a broken or hostile server would send."""
    bent: list[Any] = [
        None, 5, "event", [], {}, {"type": "m.room.message"}, {"type": 5, "event_id": 7, "sender": None},
        {"type": "m.room.message", "event_id": "$bent1", "sender": "@x:y", "content": {"body": 5}, "unsigned": None},
        {"type": "m.room.message", "event_id": "$bent2", "sender": "@x:y", "content": [], "origin_server_ts": -1},
        {"type": "m.room.message", "event_id": "$bent3", "sender": ["@x:y"], "content": {"msgtype": ["m.text"]}},
        {"type": "m.room.member", "event_id": "$bent4", "sender": "@x:y", "state_key": 5, "content": None},
    ]  # fmt: skip
    for events in timelines(answer):
        for event in events:
            if isinstance(event, dict):
                event["unsigned"] = None
        events[:0] = bent
        events.extend(bent)


def rooms_that_are_none(answer: dict[str, Any]) -> None:
    """Whole sections of the wrong type."""
    rooms = answer.setdefault("rooms", {})
    rooms.setdefault("join", {})["!bent:localhost"] = {"timeline": [], "state": 5}
    rooms["invite"] = {"!bent:localhost": {"invite_state": {"events": [None, {"type": "m.room.member"}]}}}
    rooms["leave"] = {"!bent2:localhost": None}
    answer["to_device"] = {"events": [None, {"type": "m.room_key", "content": 5, "sender": 7}]}
    answer["device_lists"] = []


SYNCS: tuple[tuple[str, str, Sieve, Trick, int], ...] = (
    ("a sync is cut off", "the long poll is cut, 3 times", polls, cut_before, 3),
    ("half of a sync", "cut in the middle of the answer, 3 times", polls, half_written, 3),
    ("a truncated sync", "the answer's JSON ends in the middle, 3 times", polls, truncated, 3),
    ("a gateway's page in place of a sync", "504 with HTML, 3 times", polls, says(504, HTML), 3),
    ("slow down, to a sync", "429 with retry_after_ms", polls, says(429, LIMITED | {"retry_after_ms": 500}), 3),
    ("a sync without next_batch", "the token is taken out of the answer", polls, rewritten(no_token), 3),
    ("an empty object in place of a sync", "200 and {}", polls, says(200, {}), 3),
    ("a list in place of a sync", "200 and []", polls, says(200, b"[]"), 3),
)

for _name, _by, _sieve, _trick, _times in SYNCS:
    add(_name, _by, partial(meets, sieve=_sieve, trick=_trick, times=_times))

BENT: tuple[tuple[str, str, Change], ...] = (
    ("each event twice in a sync", "the timeline is repeated in every answer", each_event_twice),
    ("malformed events", "11 kinds of nonsense before and after each room's events; unsigned: null", strangers),
    ("malformed rooms and keys", "rooms, invitations and to-device messages of the wrong type", rooms_that_are_none),
)

for _name, _by, _change in BENT:
    add(_name, _by, partial(meets, sieve=polls, trick=rewritten(_change), times=4))

add(
    "the same sync twice",
    "every second answer is the one before",
    partial(meets, sieve=polls, trick=replayed(), times=8),
)


async def gapped(scene: Scene, sieve: Sieve, trick: Trick, times: int) -> None:
    """30 questions while the bot is down, shown two a room: the rest is paged back, and there it happens."""
    await scene.start()
    await scene.enter()
    await scene.kill()
    await scene.ask(30)
    scene.proxy.plays(polls, few_events(2), FOR_EVER)
    rule = scene.proxy.plays(sieve, trick, times)
    await scene.start()
    await rule.all_played()
    await scene.ask(4)


PAGES: tuple[tuple[str, str, Trick, int], ...] = (
    ("a page of the past is cut off", "cut after the homeserver acted, 3 times", cut_after, 3),
    ("half of a page of the past", "cut in the middle of the answer", half_written, 2),
    ("a gateway's page in place of the past", "502 with HTML", says(502, HTML), 3),
    ("slow down, to the past", "429 with retry_after_ms", says(429, LIMITED | {"retry_after_ms": 300}), 3),
)

for _name, _by, _trick, _times in PAGES:
    add(_name, _by, partial(gapped, sieve=pages, trick=_trick, times=_times))


BEHIND = "behind-"  # marks a place to which an empty page has led


def behind_an_empty_page(passing: Passing) -> bool:
    """Those that go on from there."""
    return pages(passing) and f"from={BEHIND}" in passing.target


async def empty_page(passing: Passing) -> Answer | None:
    """A page of nothing, with an `end` from which it goes on."""
    here = parse_qs(passing.target.partition("?")[2])["from"][0]
    return await says(200, {"chunk": [], "start": here, "end": f"{BEHIND}{here}"})(passing)


def go_on(asked: dict[str, str]) -> None:
    """From the place behind the empty page."""
    asked["from"] = asked["from"].removeprefix(BEHIND)


@fault("an empty page that is not the last", "no events, but an `end`, as from a page of rejected ones, twice")
async def empty_pages(scene: Scene) -> None:
    """Servers before Synapse 1.152.1 could be made to give such ones (CVE-2026-45076)."""
    scene.proxy.plays(behind_an_empty_page, asked_otherwise(go_on), FOR_EVER)
    await gapped(scene, pages, empty_page, 2)


@fault("350 messages while it was down", "the bot is stopped; 350 questions in 5 rooms; started again")
async def many_missed(scene: Scene) -> None:
    """More than a sync shows, with the homeserver's own limits of a page."""
    await scene.start()
    await scene.enter(5)
    await scene.kill()
    await scene.ask(200, scene.rooms[0])
    await scene.ask(150)
    await scene.start()


@fault("keys can't be had", "502 for every key upload, query and claim, and for to-device messages, 8 times")
async def keys(scene: Scene) -> None:
    """In an encrypted room: later, but encrypted, and once."""
    await scene.start()
    await scene.enter(1, secret=True)
    scene.proxy.plays(lambda p: "/keys/" in p.path or "/sendToDevice/" in p.path, says(502, HTML), 8)
    await scene.ask_secretly(4)
    await scene.ask(2)


@fault("the answer to a key is lost", "each claim and each to-device message cut after the homeserver acted, twice")
async def keys_cut(scene: Scene) -> None:
    """Keys that were used up count as used up."""
    scene.proxy.plays(calls("/keys/claim"), cut_after, 2)
    scene.proxy.plays(calls("/sendToDevice/"), cut_after, 2)
    await scene.start()
    await scene.enter(1, secret=True)
    await scene.ask_secretly(4)
    await scene.kill()
    await scene.ask_secretly(2)
    await scene.start()
