"""What can happen to a request: cut, repeated, delayed, halved, refused, answered with nonsense."""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.faults.proxy import Answer, Passing, Sieve, Trick

FOR_EVER = 1_000_000  # times
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
Change = Callable[[dict[str, Any]], object]


# --- which requests ----------------------------------------------------------------------------------------


def calls(*parts: str, method: str = "") -> Sieve:
    """Those with all these parts in their path."""
    return lambda p: all(part in p.path for part in parts) and method in ("", p.method)


sends = calls("/send/", method="PUT")
syncs = calls("/sync")
polls: Sieve = lambda p: p.path.endswith("/sync") and "since=" in p.target  # noqa: E731 - a sieve like the others
pages = calls("/messages", method="GET")


def anything(_: Passing) -> bool:
    """All of them."""
    return True


# --- what becomes of them ----------------------------------------------------------------------------------


async def cut_before(_: Passing) -> None:
    """Synapse never sees it."""


async def cut_after(passing: Passing) -> None:
    """Synapse has acted, nobody hears of it."""
    await passing.forward()


async def half_written(passing: Passing) -> Answer:
    """Half of the answer, then the connection is cut."""
    answer = await passing.forward()
    return replace(answer, shown=len(answer.body) // 2)


async def truncated(passing: Passing) -> Answer:
    """Half of the answer, as if that were all."""
    answer = await passing.forward()
    return replace(answer, body=answer.body[: len(answer.body) // 2])


async def twice(passing: Passing) -> Answer:
    """Synapse has it twice at the same time, as from a proxy that tries again."""
    first, _ = await asyncio.gather(passing.forward(), passing.forward())
    return first


async def hangs(_: Passing) -> None:
    """No answer, for longer than anybody waits."""
    await asyncio.sleep(100)


def late(seconds: float) -> Trick:
    """The answer takes longer."""

    async def trick(passing: Passing) -> Answer:
        answer = await passing.forward()
        await asyncio.sleep(seconds)
        return answer

    return trick


def shuffled(most: float) -> Trick:
    """Requests overtake one another, on the way there and on the way back."""

    async def trick(passing: Passing) -> Answer:
        await asyncio.sleep(random.uniform(0, most))
        answer = await passing.forward()
        await asyncio.sleep(random.uniform(0, most))
        return answer

    return trick


def says(status: int, body: bytes | dict[str, Any], *, acted: bool = False, **headers: str) -> Trick:
    """This answer in place of Synapse's, which has `acted` all the same or never saw it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def trick(passing: Passing) -> Answer:
        if acted:
            await passing.forward()
        return Answer(status, raw, {"Content-Type": "text/html" if raw == HTML else "application/json"} | named)

    return trick


def rewritten(change: Change) -> Trick:
    """Synapse's answer, changed in place."""

    async def trick(passing: Passing) -> Answer:
        answer = await passing.forward()
        parsed = json.loads(answer.body)
        change(parsed)
        return replace(answer, body=json.dumps(parsed).encode())

    return trick


def asked_otherwise(change: Callable[[dict[str, str]], None]) -> Trick:
    """The bot's request with other parameters."""

    async def trick(passing: Passing) -> Answer:
        path, _, query = passing.target.partition("?")
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        change(asked)
        return await passing.forward(f"{path}?{urlencode(asked)}")

    return trick


def few_events(limit: int) -> Trick:
    """A sync that shows no more than so many events of a room: all else must be paged back."""

    def change(asked: dict[str, str]) -> None:
        wanted = json.loads(asked.get("filter", "{}"))
        wanted.setdefault("room", {}).setdefault("timeline", {})["limit"] = limit
        asked["filter"] = json.dumps(wanted)

    return asked_otherwise(change)


def replayed() -> Trick:
    """Every second time the answer before, as it was."""
    kept: list[Answer] = []

    async def trick(passing: Passing) -> Answer:
        if kept:
            return kept.pop()
        answer = await passing.forward()
        kept.append(answer)
        return answer

    return trick


def chaos(part: float) -> Trick:
    """Anything may happen to this part of the requests."""
    worst = (cut_before, cut_after, truncated, half_written, says(502, HTML), says(502, HTML, acted=True),
             says(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 200}))  # fmt: skip

    async def trick(passing: Passing) -> Answer | None:
        if random.random() >= part:
            return await passing.forward()
        return await random.choice(worst)(passing)

    return trick
