"""`townclerk verify`: what waits to be compared, and what the operator says to it; a running bot does the rest."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

from bot.errors import OperatorError
from bot.matrix.crypto.verification.dialogue import PATIENCE
from bot.store.database import open_database, open_for_reading
from bot.store.memory import Memory
from bot.store.verifications import Verification
from config.settings import Settings

NOTICED = 5.0  # seconds for the bot to notice, and for the other side
POLL = 0.25


async def waiting(settings: Settings, now: datetime) -> list[Verification]:
    """Those with emoji to compare and no word on them yet."""
    database = await open_for_reading(settings.database.url)
    try:
        async with database.reading() as connection:
            running = await Memory(connection).verifications.running()
    finally:
        await database.close()
    return [one for one in running if one.emoji and not one.decision and one.begun_at > now - PATIENCE]


async def decide(settings: Settings, which: Verification, matches: bool) -> str:
    """Say it to the running bot; what came of it."""
    database = await open_database(settings.database.url)
    try:
        async with database.transaction() as connection:
            decided = await Memory(connection).verifications.decide(which.id, matches)
        if not decided:
            return f"{which.user_id}: no longer waits"
        seen: Verification | None = None
        for _ in range(int(NOTICED / POLL)):
            async with database.reading() as connection:
                seen = await Memory(connection).verifications.get(which.id)
            if seen is None or seen.state != "shown":
                break
            await asyncio.sleep(POLL)
        return _outcome(which, seen, matches)
    finally:
        await database.close()


def chosen(found: list[Verification], name: str) -> Verification:
    """The one of this id, or this person's. Raises OperatorError if nothing of that name waits."""
    for one in found:
        if name in (one.id, one.user_id):
            return one
    raise OperatorError(f"nothing waits under {name}: `townclerk verify` lists what does")


def described(one: Verification, now: datetime) -> Iterator[str]:
    """Line by line: who, which device, since when, and what to compare."""
    seconds = max(0, int((now - one.begun_at).total_seconds()))
    age = f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"
    way = f"in {one.room_id}" if one.room_id else "from device to device"
    yield f"{one.id}: {one.user_id}, device {one.device_id}, {way}, {age} ago"
    yield f"    {'  |  '.join(one.emoji)}"
    yield f"    or the numbers {one.decimals}"


def nobody(settings: Settings) -> str:
    """Why nothing is to be done, and what to do."""
    match settings.matrix.verification:
        case "automatic":
            return 'nobody waits: with [matrix] verification = "automatic" nobody ever does'
        case "off":
            return 'nobody waits: with [matrix] verification = "off" requests are declined'
    return (
        f"nobody waits to be verified. To begin, open a direct chat with {settings.matrix.user or 'the bot'} in a "
        "client such as Element, choose Verify in the bot's profile, and run this again while the emoji are shown."
    )


def _outcome(which: Verification, seen: Verification | None, matches: bool) -> str:
    if seen and seen.state == "done":
        return f"{which.user_id}: verified"
    if seen and seen.state == "cancelled":
        return f"{which.user_id}: cancelled" + (f" ({seen.reason})" if matches else "")
    return f"{which.user_id}: noted. The other side has to confirm, too; and townclerk has to run."
