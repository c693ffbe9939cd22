"""What five years leave behind: requests of every state with all their rows in every table, put there by bulk SQL."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg

from bot.domain.directory import Assertion, Organisation, Tool
from bot.domain.escalation import DEFAULT_LADDER
from bot.domain.promise import PromiseNote
from bot.store.database import Database, micros, statements
from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.bench.made_names import Names
from tests.dialogue import MAINTAINERS, MONDAY, PLANX, ROOM, maintains, uses

OPEN, IN_BIGGEST_ROOM = 10_000, 3_000  # open, claimed and waiting ones; the rest is spread over the other rooms
ROOMS, ASKERS, TOOLS, COUNCILS = 20, 300, 40, 60
YEARS = 5
SEED = 2026
WORDS = "it has shown the same message since the last upgrade, and the manual says nothing of it"

_DAY = 86_400_000_000  # µs


@dataclass(frozen=True)
class Register:
    """Its tools, its councils, and who uses and maintains what."""

    tools: list[Tool]
    councils: list[Organisation]

    @property
    def assertions(self) -> list[Assertion]:
        """Every tool has three councils that maintain it and a few more that use it."""
        said: list[Assertion] = []
        for place, tool in enumerate(self.tools):
            said += [maintains(self.councils[(place + 20 * step) % COUNCILS], tool) for step in range(3)]
            said += [uses(self.councils[(place + 7 * step) % COUNCILS], tool) for step in range(1, 8)]
        return said


def register() -> Register:
    """PlanX is what most people ask about."""
    made = Names(SEED)
    return Register([PLANX, *made.tools(TOOLS - 1)], made.bodies(COUNCILS))


def person(number: int) -> str:
    """One of those who ask and answer; of the council with this number modulo `COUNCILS`."""
    return f"@person{number % ASKERS}:example.org"


async def settle_in(database: Database, known: Register) -> None:
    """The rooms, the register, and the people with their councils."""
    async with database.transaction() as connection:
        memory = Memory(connection)
        await memory.register.add_organisations(known.councils)
        await memory.register.add_tools(known.tools, MONDAY - timedelta(days=365 * YEARS))
        await memory.register.add_assertions(known.assertions, MONDAY - timedelta(days=365 * YEARS))
        for room in range(ROOMS):
            await memory.rooms.keep(Room(room_of(room), "join", members=ASKERS, named=True, may_pin=True))
        for number in range(ASKERS):
            council = known.councils[number % COUNCILS].id
            await memory.people.keep(person(number), council, True, MONDAY - timedelta(days=400))
            await memory.rooms.keep(Room(f"!direct{number}:x", "join", True, 2, inviter=person(number)))


def room_of(number: int) -> str:
    """The first is where most is asked."""
    return f"!room{number}:example.org" if number else ROOM


async def fill(url: str, known: Register, past: int) -> None:
    """So many requests long settled, and `OPEN` that aren't; not through the bot, which would take an hour."""
    await write(url, _script(known, past))


async def write(url: str, text: str) -> None:
    """Run a script that fills the tables that grow."""
    script = statements(text)
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as raw:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
                raw.execute(f"PRAGMA {pragma}")
            indexes = raw.execute(_ON_SQLITE)
            for statement in _without(indexes.fetchall(), script):
                raw.execute(statement)
        return
    server = await asyncpg.connect(url)
    try:
        # No trigger fires for a replica, and so no foreign key is checked.
        await server.execute("SET session_replication_role = replica")
        await server.execute("SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'")
        for statement in _without([*map(tuple, await server.fetch(_ON_POSTGRES))], script):
            await server.execute(statement)
        await server.execute("ANALYZE")  # as autovacuum does within a minute
    finally:
        await server.close()


_BIG = "'request', 'request_step', 'call', 'inbox', 'outbox', 'handled', 'subject', 'watcher', 'fact'"
_ON_SQLITE = f"""
SELECT 'DROP INDEX ' || name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN ({_BIG})
"""
_ON_POSTGRES = f"""
SELECT 'DROP INDEX ' || indexname, indexdef FROM pg_indexes WHERE tablename IN ({_BIG}) AND NOT EXISTS
    (SELECT 1 FROM pg_constraint WHERE conname = indexname)
UNION ALL
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname,
    'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'p' AND conrelid::regclass::text IN ({_BIG.replace("'request', ", "")})
"""


def _without(indexes: Sequence[tuple[str, str]], script: Sequence[str]) -> list[str]:
    """Indexes made anew at the end take half of the time."""
    return ["BEGIN", *(drop for drop, _ in indexes), *script, *(make for _, make in indexes), "COMMIT"]


def tool_rows(known: Register) -> str:
    """Their places, ids and names, for a VALUES clause."""
    return ", ".join(f"({place}, '{tool.id}', '{tool.name}')" for place, tool in enumerate(known.tools))


def room_rows() -> str:
    """Likewise, the rooms' places and ids."""
    return ", ".join(f"({number}, '{room_of(number)}')" for number in range(ROOMS))


def _script(known: Register, past: int) -> str:
    promise = PromiseNote("maintainer", "body:1", MONDAY + timedelta(hours=3), 1, ("body:2",))
    return Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").format(
        past=past, open=OPEN, in_biggest=IN_BIGGEST_ROOM, tools=tool_rows(known), rooms=room_rows(), room_count=ROOMS,
        years=YEARS, askers=ASKERS, councils=COUNCILS, now=micros(MONDAY), day=_DAY, hour=_DAY // 24, words=WORDS,
        ladder=DEFAULT_LADDER.to_json(), promise=promise.to_json(), maintainers=MAINTAINERS,
        options='[["1","#1"],["yes",""]]',
    )  # fmt: skip
