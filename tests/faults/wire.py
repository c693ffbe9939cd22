"""Between the bot and its homeserver: sending, and everything at once."""

import asyncio
from functools import partial

from tests.faults.fault import ALL_ANSWERED, add, fault
from tests.faults.kills import burst
from tests.faults.proxy import Sieve, Trick
from tests.faults.scene import Scene
from tests.faults.tricks import (
    FOR_EVER,
    HTML,
    anything,
    calls,
    chaos,
    cut_after,
    cut_before,
    half_written,
    hangs,
    late,
    says,
    sends,
    shuffled,
    syncs,
    truncated,
    twice,
)  # fmt: skip

LIMITED = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
UNKNOWN = {"errcode": "M_UNKNOWN", "error": "Internal server error"}


async def meets(scene: Scene, sieve: Sieve, trick: Trick, times: int, *, limited: bool = False) -> None:
    """It happens so often while people ask; then the wire is whole again."""
    scene.by_priority = limited
    await scene.start()
    await scene.enter()
    rule = scene.proxy.plays(sieve, trick, times)
    await scene.ask(6)
    await scene.ask_for_help()
    await rule.all_played()
    await scene.ask(2)


async def on_the_way(scene: Scene, sieve: Sieve, trick: Trick) -> None:
    """It happens all the time, for as long as people ask."""
    await scene.start()
    await scene.enter(3)
    scene.proxy.plays(sieve, trick, FOR_EVER)
    await burst(scene, 20)
    await scene.settled()


SENDING: tuple[tuple[str, str, Trick, int], ...] = (
    ("a message is lost on its way", "cut before the homeserver acted, 3 times", cut_before, 3),
    ("the answer to a message is lost", "cut after the homeserver acted, 3 times", cut_after, 3),
    ("half of the answer to a message", "the connection is cut in the middle of the answer", half_written, 3),
    ("a truncated answer to a message", "the answer's JSON ends in the middle", truncated, 3),
    ("a gateway's page in place of an answer", "502 with HTML, the message was taken", says(502, HTML, acted=True), 3),
    ("a gateway's page, nothing was sent", "502 with HTML, the message was not taken", says(502, HTML), 3),
    ("a page with status 200", "200 with HTML, the message was taken", says(200, HTML, acted=True), 2),
    ("an answer without event id", "200 and {}, the message was taken", says(200, {}, acted=True), 2),
    ("the homeserver fails inside", "500 M_UNKNOWN", says(500, UNKNOWN), 3),
    ("a 404 that is no homeserver's", "404 with HTML, as from a proxy that restarts", says(404, HTML), 3),
    ("slow down, in the body", "429 with retry_after_ms", says(429, LIMITED | {"retry_after_ms": 900}), 4),
    ("slow down, in the header", "429 with Retry-After alone", says(429, LIMITED, Retry_After="1"), 4),
    ("slow down, with nonsense", "429 with Retry-After: soon and a negative time",
     says(429, LIMITED | {"retry_after_ms": -5}, Retry_After="soon"), 3),
    ("a message arrives twice", "the proxy sends the request twice at the same time", twice, 6),
)  # fmt: skip

for _name, _by, _trick, _times in SENDING:
    _limited = _by.startswith("429")
    _holds = f"{ALL_ANSWERED}; answers before cards" if _limited else ALL_ANSWERED
    add(_name, _by, partial(meets, sieve=sends, trick=_trick, times=_times, limited=_limited), _holds)

add("messages overtake each other", "each request and each answer late by 0 to 0.7 s",
    partial(on_the_way, sieve=anything, trick=shuffled(0.7)))  # fmt: skip
add("everything is slow", "each answer 1 s late", partial(on_the_way, sieve=anything, trick=late(1)))


@fault("no answer to a message, nor to a sync", "both hang for 100 s, longer than the bot waits")
async def hanging(scene: Scene) -> None:
    """A proxy that keeps connections and forgets them."""
    await scene.start()
    await scene.enter()
    await scene.ask(1)
    scene.proxy.plays(sends, hangs)
    scene.proxy.plays(syncs, hangs)
    await scene.ask(6)


@fault("the homeserver's media and directory are down", "503 for all but sync and send")
async def half_down(scene: Scene) -> None:
    """What isn't needed may be away."""
    await scene.start()
    await scene.enter()
    scene.proxy.plays(lambda p: not (sends(p) or syncs(p)), says(503, HTML), FOR_EVER)
    await scene.ask(6)


async def answers_are_lost(scene: Scene, path: str, times: int) -> None:
    """What it asks for before it can hear; asked again, it is done once."""
    scene.proxy.plays(calls(path, method="POST"), cut_after, times)
    await scene.start()
    await scene.enter()
    await scene.ask(4)


add("the answer to a login is lost", "cut after the homeserver acted, at the first start",
    partial(answers_are_lost, path="/login", times=2))  # fmt: skip
add("the answer to a join is lost", "cut after the homeserver acted, for each room",
    partial(answers_are_lost, path="/join/", times=3))  # fmt: skip


@fault("anything, any time", "15 % of all requests cut, halved, refused or answered with nonsense; 4 times SIGKILL")
async def anything_any_time(scene: Scene) -> None:
    """The trial of the design, in plain and in encrypted rooms."""
    scene.by_priority = True
    await scene.start()
    await scene.enter(3, secret=True)
    scene.proxy.plays(anything, chaos(0.15), FOR_EVER)
    asking = asyncio.create_task(burst(scene, 40))
    for _ in range(4):
        await asyncio.sleep(1.5)
        await scene.kill()
        await scene.start()
    await asking
    await scene.settled()
