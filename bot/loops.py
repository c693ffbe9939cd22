"""A bot that is ready: its loops run side by side, until told to stop or until one of them fails."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot import clock
from bot.errors import OperatorError
from bot.learning import Learning
from bot.matrix.crypto.identity import Identity
from bot.matrix.crypto.verification.desk import Desk
from bot.matrix.homeserver import Homeserver
from bot.router import Router
from bot.store.database import Database, LeaseLost
from bot.store.memory import Memory
from bot.turn.audit import Audit
from bot.turn.chat import LoggedOut
from bot.turn.door import Door
from bot.turn.fill import Fill
from bot.turn.hear import Hear
from bot.turn.locked import Locked
from bot.turn.say import Say
from bot.turn.signals import Signals, woken
from bot.turn.think import Think
from bot.web.heartbeat import Heartbeat
from bot.web.pages import pages
from bot.web.server import Pulse, Server
from bot.web.settings import WebSettings

log = structlog.get_logger()

RENEW_SECONDS = 5
IDENTITY_SECONDS = 5.0  # a homeserver that is slow with keys holds nobody up longer


@dataclass
class Bot:
    """A bot that is logged in and ready to run."""

    database: Database
    router: Router
    homeserver: Homeserver
    door: Door
    identity: Identity
    desk: Desk
    web: WebSettings
    search_again: timedelta
    holder: str

    async def run(self) -> None:
        """Run until cancelled, or until something ends it for good."""
        signals = Signals()
        server = Server(
            self.web,
            self.database,
            lambda: Pulse(signals.caught_up.is_set(), signals.heard_at),
            clock.now,
            pages(self.router, self.database, clock.now),
            lambda: self.homeserver.crypto.withheld,
        )
        if not self.web.off:
            await server.start()
        try:
            async with self.database.transaction() as connection:
                await self.router.start(Memory(connection), clock.now())
                living = await Memory(connection).people.organisations()
            self._say_holidays_unknown(living)
            people = self.router.community
            heart = Heartbeat(self.web.heartbeat.get_secret_value())
            hear = Hear(
                self.database,
                self.homeserver,
                self.homeserver.ears.user_id,
                self.door,
                clock.now,
                signals,
                clock.counted,
            )
            loops = (
                self._hear_signed(hear),
                self.identity.run(),
                Fill(self.database, self.homeserver, clock.now, signals, self.search_again).run(),
                self._think_learnt(Think(self.database, self.router, clock.now, signals)),
                Say(self.database, self.homeserver, clock.now, signals).run(),
                Locked(self.database, self.homeserver, self.router.keeper, people, clock.now, signals).run(),
                Audit(self.database, self.router.keeper, people, clock.now, signals, heart.beat).run(),
                self.desk.run(),
                self._stay_holder(),
            )
            await _first_to_fail([asyncio.create_task(loop) for loop in loops])
        finally:
            await server.stop()

    async def _think_learnt(self, think: Think) -> None:
        """Think once the community's language is learnt; another is learnt when it is spoken."""
        folders = [one.plugin.folder / "language" for one in self.router.installed]
        learning = Learning(self.router.engine, self.router.keeper.renderer, folders, think.signals.think.set)
        await learning.learn(self.router.community.language)
        self.router.require = learning.require
        await think.run()

    async def _hear_signed(self, hear: Hear) -> None:
        """Hear once our device is signed: the keys of messages are kept from others (MSC4153)."""
        await woken(self.identity.tried, IDENTITY_SECONDS)
        await hear.run()

    def _say_holidays_unknown(self, living: Collection[str]) -> None:
        """Of the settings and of where somebody can be called; a register may be about all the world."""
        organisations = [one for id_, one in self.router.names.organisations.items() if id_ in living]
        for nation, why in self.router.community.without_holidays(organisations, clock.now().year).items():
            log.warning("no public holidays", nation=nation, why=why, consequence="weekdays only")

    async def _stay_holder(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if not await self.database.renew(self.holder):
                raise LeaseLost


async def _first_to_fail(tasks: list[asyncio.Task[None]]) -> None:
    """Loops never end by themselves: the first one that does ends them all."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except LoggedOut as error:
        raise OperatorError(f"the homeserver ended our session ({error}); give a new token, or the password") from error
    except LeaseLost as error:
        raise OperatorError("another townclerk has taken over this database") from error
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
