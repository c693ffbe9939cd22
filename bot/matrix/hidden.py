"""Whom the homeserver hides from the bot: everybody whom somebody at a client once had its account ignore."""

from urllib.parse import quote

from bot.matrix.untrusted import as_dict
from bot.matrix.wire import Wire, get_if_there


async def hidden_people(wire: Wire, user_id: str) -> list[str]:
    """Their ids (client-server API, "Ignoring Users"): their messages never reach us. Raises TryLater, Refused or
    LoggedOut.
    """
    kept = await get_if_there(wire, f"/user/{quote(user_id, safe='')}/account_data/m.ignored_user_list")
    return sorted(map(str, as_dict((kept or {}).get("ignored_users"))))


def told(hidden: list[str]) -> str:
    """What is wrong with that, for the operator."""
    return f"{len(hidden)} people are ignored by the bot's account ({', '.join(hidden[:3])}): it can't hear them"
