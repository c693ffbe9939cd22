"""The database: full, locked, damaged, of another time, put back from a backup."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

from tests.faults.fault import fault
from tests.faults.old_database import make_newer
from tests.faults.scene import PATIENCE, Scene

PAGE = 4096
GARBAGE = b"\xde\xad\xbe\xef" * (PAGE // 4)
TELLS = "each answered once; it ends with one line that says what to do, and started again loses nothing"
REFUSES = "it refuses to start with one line that says what to do; mended, each is answered once"


def file_of(scene: Scene) -> Path:
    """The bot's database."""
    return Path(scene.bot.sections["database"]["url"].removeprefix("sqlite:///"))


def backed_up(scene: Scene) -> Path:
    """A snapshot, taken beside the running bot."""
    copy = scene.folder / "backup.db"
    with sqlite3.connect(file_of(scene)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    return copy


def put_back(scene: Scene, copy: Path) -> None:
    """The snapshot in place of the database."""
    file = file_of(scene)
    for left in (f"{file}-wal", f"{file}-shm"):
        Path(left).unlink(missing_ok=True)
    shutil.copy(copy, file)


def damage(file: Path) -> None:
    """All pages but the first one."""
    size = file.stat().st_size
    with file.open("r+b") as content:
        content.seek(PAGE)
        content.write(GARBAGE * (size // PAGE - 1))


@fault("locked for 10 s", "another program holds the write lock", "it waits; each answered once")
async def locked(scene: Scene) -> None:
    """A backup, a look with another tool."""
    await scene.begin()
    other = sqlite3.connect(file_of(scene), isolation_level=None, timeout=60)
    other.execute("BEGIN IMMEDIATE")
    await scene.ask(6)
    await asyncio.sleep(10)
    other.rollback()
    other.close()
    await scene.ask(2)


@fault("locked for longer than it waits", "another program holds the write lock until the bot ends", TELLS)
async def locked_long(scene: Scene) -> None:
    """Half a minute is what it waits."""
    await scene.begin()
    other = sqlite3.connect(file_of(scene), isolation_level=None, timeout=60)
    other.execute("BEGIN IMMEDIATE")
    await scene.ask(3)
    await scene.gave_up("another program keeps it locked")
    other.rollback()
    other.close()
    await scene.start()
    await scene.ask(2)


@fault("damaged while it was down", "all pages but the first are overwritten; then the backup is put back", REFUSES)
async def damaged(scene: Scene) -> None:
    """The backup is a day older than the damage: what was asked since is asked once."""
    await scene.begin()
    await scene.settled()
    copy = backed_up(scene)
    await scene.ask(3)
    await scene.settled()
    await scene.bot.stop(seconds=PATIENCE)
    damage(file_of(scene))
    await scene.start(ready=False)
    await scene.gave_up("it is damaged", "put the newest backup in its place")
    put_back(scene, copy)
    await scene.ask(2)
    await scene.start()


@fault("damaged while it runs", "all pages but the first are overwritten under it; then the backup is put back", TELLS)
async def damaged_running(scene: Scene) -> None:
    """Found when it is met."""
    await scene.begin()
    await scene.settled()
    copy = backed_up(scene)
    other = sqlite3.connect(file_of(scene), isolation_level=None)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(file_of(scene))
    other.close()
    await scene.ask_until_it_ends()
    await scene.gave_up("it is damaged", "put the newest backup in its place")
    put_back(scene, copy)
    await scene.start()


@fault("a database of a newer townclerk", "the schema's version is one higher", REFUSES)
async def newer(scene: Scene) -> None:
    """Somebody went back to an older release."""
    await scene.begin()
    await scene.settled()
    await scene.bot.stop(seconds=PATIENCE)
    copy = scene.folder / "before.db"
    shutil.copy(file_of(scene), copy)
    make_newer(file_of(scene))
    await scene.start(ready=False)
    await scene.gave_up("install the newer townclerk again, or restore the backup")
    put_back(scene, copy)
    await scene.ask(2)
    await scene.start()


@fault("a lock file left behind", "a file of that name lies there, with somebody's process number in it")
async def lock_left(scene: Scene) -> None:
    """Nobody holds it: it is only a file."""
    Path(f"{file_of(scene)}.lock").write_text("4711", encoding="utf-8")
    await scene.begin()


@fault("two on one file", "a second process is started beside the first", "the second refuses; each answered once")
async def second(scene: Scene) -> None:
    """By mistake, or by an upgrade that didn't wait."""
    await scene.begin()
    code, _, err = await scene.bot.townclerk("run")
    assert (code, err.splitlines()[-1]) == (
        1,
        "townclerk: another townclerk is running on this database; stop it first",
    )
    await scene.ask(4)
