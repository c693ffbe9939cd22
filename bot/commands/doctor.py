"""`townclerk doctor`: what is wrong, said in words."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import clock
from bot.commands.files import examine_files
from bot.commands.finding import Finding
from bot.commands.identity import examine_identity
from bot.errors import OperatorError
from bot.exchange.register import read_register
from bot.features import engine_for, install, renderer_for
from bot.matrix.entering import SPACES_UNKNOWN, outside
from bot.matrix.hidden import hidden_people, told
from bot.matrix.wire import Wire
from bot.store.database import open_for_reading
from bot.store.held_back import FEW, WHAT_TO_DO
from bot.store.memory import Memory
from bot.turn.chat import LoggedOut, Refused, TryLater
from bot.turn.room import UNHEARD
from config.settings import Settings, community


async def examine(settings: Callable[[], Settings], config: Path | None, *, offline: bool) -> list[Finding]:
    """Look at the settings, the program's own files, the database, and the homeserver unless `offline`."""
    try:
        read = settings()
    except OperatorError as error:
        return [Finding(False, str(error))]
    findings = [Finding(True, "settings"), *_calendars(read), _own_files(read), *await _database(read)]
    findings += examine_files(read, config)
    findings += await examine_identity(read, offline=offline)
    if not offline:
        findings += [await _homeserver(read), *await _account(read)]
    return findings


def _calendars(settings: Settings) -> list[Finding]:
    """What keeps us from knowing the days on which nobody works; nothing is said of what is well."""
    today = clock.now().date()
    wrong = [
        Finding(False, f"no public holidays of {nation}: {why}; only its weekdays count")
        for nation, why in community(settings).without_holidays((), today.year).items()
    ]
    for council in settings.councils:
        if council.calendar_file:
            zone = ZoneInfo(council.time_zone or settings.community.time_zone)
            from config.calendars import read_closed_days  # only where one is, as in config/settings.py

            try:
                read_closed_days(Path(council.calendar_file), zone, today)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                wrong.append(Finding(False, f"calendar_file {council.calendar_file} of {council.id}: {reason}"))
    return wrong


def _own_files(settings: Settings) -> Finding:
    try:
        installed = install(settings.plugins)
        engine_for(installed)
        languages = renderer_for(installed).languages
        register = read_register()
    except (OperatorError, OSError, ValueError) as error:
        return Finding(False, str(error))
    names = ", ".join(sorted(i.plugin.name for i in installed))
    return Finding(
        True,
        f"plugins {names}; languages {', '.join(sorted(languages))}; "
        f"starter register of {len(register.tools)} tools, {len(register.assertions)} uses and "
        f"{len(register.facts)} facts",
    )


async def _database(settings: Settings) -> list[Finding]:
    try:
        database = await open_for_reading(settings.database.url)
    except OperatorError as error:
        return [Finding(False, str(error))]
    try:
        async with database.reading() as connection:
            memory = Memory(connection)
            outbox = await memory.outbox.counts()
            tools = len(await memory.register.tools())
            shut_out = await memory.rooms.shut_out()
            held_back = await memory.held_back.lately(clock.now())
            lost = await memory.rooms.lost_sight_of()
    finally:
        await database.close()
    text = f"database, {tools} tools in the register, {outbox['waiting']} messages waiting to be sent"
    if outbox["dead"]:
        found = [Finding(False, f"{text}; {outbox['dead']} were refused by the homeserver for good: see the log")]
    else:
        found = [Finding(True, text)]
    if shut_out:
        rooms = f"{len(shut_out)} rooms ({', '.join(shut_out[:3])})"
        found.append(Finding(False, f"our homeserver is shut out of {rooms}: {UNHEARD}"))
    if held_back > FEW:
        found.append(
            Finding(False, f"the homeserver held messages back {held_back} times since yesterday: {WHAT_TO_DO}")
        )
    found += [
        Finding(False, f"room {old} was upgraded to {new}, and the bot could not follow: invite it there")
        for old, new in lost
    ]
    return found


async def _homeserver(settings: Settings) -> Finding:
    if not settings.matrix.homeserver:
        return Finding(False, "[matrix] homeserver is not set")
    wire = Wire(settings.matrix.homeserver, settings.matrix.ca_file)
    try:
        answer = await wire.get("/login")
    except (TryLater, Refused, LoggedOut) as error:
        return Finding(False, f"homeserver: {getattr(error, 'reason', error)}")
    finally:
        await wire.close()
    ways = sorted(str(flow.get("type")) for flow in answer.get("flows", []) if isinstance(flow, dict))
    if settings.matrix.password.get_secret_value() and "m.login.password" not in ways:
        return Finding(False, "the homeserver takes no passwords: give [matrix] access_token instead")
    return Finding(True, f"homeserver {settings.matrix.homeserver}, login by {', '.join(ways)}")


async def _account(settings: Settings) -> list[Finding]:
    """Asked with the bot's own session, if it has one; nothing is said of what is well."""
    try:
        database = await open_for_reading(settings.database.url)
    except OperatorError:
        return []  # said already
    try:
        async with database.reading() as connection:
            account = await Memory(connection).rooms.account(settings.matrix.user)
    finally:
        await database.close()
    if account is None:
        return []
    wire = Wire(settings.matrix.homeserver, settings.matrix.ca_file)
    wire.token = account.access_token
    try:
        hidden = await hidden_people(wire, account.user_id)
        spaces = await outside(wire, settings.matrix.allowed_spaces, account.user_id)
    except (TryLater, LoggedOut):
        return []
    except Refused as error:
        return [Finding(False, f"whom the bot's account ignores can't be seen: {error.reason}")]
    finally:
        await wire.close()
    found = [Finding(False, f"the bot isn't in {space} of allowed_spaces: {SPACES_UNKNOWN}") for space in spaces]
    return [Finding(False, told(hidden)), *found] if hidden else found
