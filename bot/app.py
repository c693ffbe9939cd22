"""The composition root: builds the parts from the settings and runs them until told to stop."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from bot import clock
from bot.domain.community import Community
from bot.errors import OperatorError
from bot.failpoints import reach
from bot.features import install, router_for
from bot.loops import Bot
from bot.matrix.crypto.identity import Identity
from bot.matrix.crypto.machine import Crypto
from bot.matrix.crypto.opening import has_store
from bot.matrix.crypto.places import crypto_folder, key_file
from bot.matrix.crypto.rotation import Rotation
from bot.matrix.crypto.sealing import SealingKey, sealing_key
from bot.matrix.crypto.verification.courier import Courier
from bot.matrix.crypto.verification.desk import Desk
from bot.matrix.direct import DirectChats
from bot.matrix.entering import SPACES_UNKNOWN, outside
from bot.matrix.hidden import hidden_people, told
from bot.matrix.homeserver import Homeserver
from bot.matrix.inbound import Ears
from bot.matrix.session import log_in
from bot.matrix.wire import Wire
from bot.store.database import Database, open_database
from bot.store.memory import Memory
from bot.turn.chat import Refused, TryLater
from bot.turn.door import Door
from config.settings import Settings

log = structlog.get_logger()


def door_of(settings: Settings, people: Community, homeserver: Homeserver) -> Door:
    """The community's own people may ask us in, and whom the operator allows."""
    own = homeserver.ears.user_id.partition(":")[2]
    councils = (server for council in people.councils for server in council.homeservers)
    rooms = settings.community.rooms
    said = settings.matrix
    return Door(
        homeserver,
        (own, *councils, *said.allowed_servers),
        said.allowed_people,
        said.allowed_spaces,
        (rooms.stewards, rooms.maintainers, rooms.help, *(council.room for council in people.councils)),
    )


def rotation(settings: Settings) -> Rotation:
    """When the bot changes its rooms' keys."""
    return Rotation(settings.matrix.rotate_keys_after_messages, timedelta(days=settings.matrix.rotate_keys_after_days))


@asynccontextmanager
async def bot(settings: Settings) -> AsyncIterator[Bot]:
    """Open, lock and log in; everything is closed again on leaving."""
    if not settings.matrix.homeserver or not (settings.matrix.user or settings.matrix.access_token.get_secret_value()):
        raise OperatorError("[matrix] homeserver and user are needed (townclerk.toml or TOWNCLERK_MATRIX__…)")
    installed = install(settings.plugins)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    async with contextlib.AsyncExitStack() as stack:
        database = await open_database(settings.database.url)
        stack.push_async_callback(database.close)
        await _hold(database, settings, holder)
        reach("lease.acquired")
        stack.push_async_callback(database.release, holder)
        wire = Wire(settings.matrix.homeserver, settings.matrix.ca_file)
        stack.push_async_callback(wire.close)
        crypto_store = crypto_folder(settings.matrix, settings.database.url)
        account = await log_in(wire, settings.matrix, database, clock.now, lambda known: has_store(known, crypto_store))
        sealing = await sealing_key_of(settings, database)
        crypto = Crypto(wire, account, crypto_store, clock.now, rotation(settings), sealing.pickle_key)
        stack.callback(crypto.close)
        names = (settings.matrix.display_name,)
        ears = Ears(account.user_id, names, settings.matrix.prefix, settings.matrix.ignored_users)
        direct = DirectChats(wire, account.user_id, settings.matrix.encrypt_direct_chats)
        router = router_for(settings, installed, account.user_id)
        identity = Identity(wire, crypto, database, account, sealing, settings.matrix)
        courier = Courier(wire, crypto)
        desk = Desk(database, courier, identity, settings.matrix.verification, lambda who: door.knows(who), clock.now)
        homeserver = Homeserver(wire, crypto, ears, direct, desk)
        door = door_of(settings, router.community, homeserver)
        await homeserver.introduce(settings.matrix.display_name)
        await _say_hidden(wire, account.user_id)
        await _say_outside(wire, settings.matrix.allowed_spaces, account.user_id)
        yield Bot(
            database, router, homeserver, door, identity, desk, settings.web, settings.matrix.search_again, holder
        )


async def sealing_key_of(settings: Settings, database: Database) -> SealingKey:
    """A key file is made once; with secrets in the database, a missing one must not be replaced by another."""
    async with database.reading() as connection:
        sealed = await Memory(connection).secrets.any()
    return sealing_key(settings.matrix, key_file(settings.matrix, settings.database.url), make=not sealed)


async def _say_hidden(wire: Wire, user_id: str) -> None:
    try:
        hidden = await hidden_people(wire, user_id)
    except (TryLater, Refused) as error:
        log.warning("whom the account ignores isn't known", reason=error.reason)
        return
    if hidden:
        log.warning("people can't be heard", reason=told(hidden), remedy="log in as the bot and ignore nobody")


async def _say_outside(wire: Wire, spaces: Sequence[str], user_id: str) -> None:
    try:
        for space in await outside(wire, spaces, user_id):
            log.warning("not in a space of allowed_spaces", space=space, consequence=SPACES_UNKNOWN)
    except TryLater as error:
        log.warning("whether the bot is in the allowed_spaces isn't known", reason=error.reason)


async def _hold(database: Database, settings: Settings, holder: str) -> None:
    """One process a database. SQLite refuses the second; on PostgreSQL it stands by and takes over."""
    standing_by = False
    while not await database.acquire(holder):
        if settings.database.url.startswith("sqlite"):
            raise OperatorError("another townclerk is running on this database; stop it first")
        if not standing_by:
            log.info("standing by", reason="another townclerk holds this database")
            standing_by = True
        await asyncio.sleep(1)


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async def work() -> None:
        async with bot(settings) as ready:
            await ready.run()

    working = asyncio.create_task(work())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        log.info("stopping")
        working.cancel()
        await asyncio.wait({working}, timeout=4)
    if working.done() and not working.cancelled():
        working.result()
