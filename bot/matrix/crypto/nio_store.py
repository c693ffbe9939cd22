"""nio's store of keys: on the disk before what they encrypt leaves; written only by changes, never if broken."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nio.crypto import OlmDevice, TrustState
from nio.store import SqliteStore
from peewee import PeeweeException, SqliteDatabase

from bot.errors import OperatorError

__all__ = ["HOW_TO_RESTORE", "KeyStore", "PeeweeException"]

HOW_TO_RESTORE = "stop, and restore the crypto store and the database from the same backup; nothing in it was changed"


class _Database(SqliteDatabase):  # type: ignore[misc] # peewee has no types
    """nio names its models on every call, all of them: to look for those they refer to takes longer than the call."""

    def bind_ctx(self, models: Iterable[Any], bind_refs: bool = False, bind_backrefs: bool = False) -> Any:
        return super().bind_ctx(models, bind_refs, bind_backrefs)


class KeyStore(SqliteStore):  # type: ignore[misc] # nio has no types
    """One device's keys, in SQLite. Raises OperatorError on opening for a file that isn't sound, before a write."""

    # A ratchet that has moved on is on the disk before what it encrypted leaves, even if the power goes.
    synchronous = "full"

    def __init__(self, user_id: str, device_id: str, folder: Path, pickle_key: str = "") -> None:
        self._rooms_written: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path = folder / f"{user_id}_{device_id}.db"
            self.path.touch(mode=0o600)
        except OSError as error:
            raise OperatorError(f"the crypto store {folder} can't be used: {error.strerror}") from error
        try:
            _examine(self.path, self.store_version)
            super().__init__(user_id, device_id, str(folder), pickle_key)
        except PeeweeException as error:
            raise OperatorError(f"the crypto store {self.path} can't be read ({error}); {HOW_TO_RESTORE}") from error

    def _create_database(self) -> SqliteDatabase:
        pragmas = {"journal_mode": "wal", "synchronous": self.synchronous, "foreign_keys": 1, "secure_delete": 1}
        return _Database(self.database_path, pragmas=pragmas)

    @contextmanager
    def durable(self) -> Iterator[None]:
        """One commit. Raises OperatorError if the disk takes no more: started again, we hear the same once more."""
        try:
            with self.database.atomic():
                yield
        except PeeweeException as error:
            raise OperatorError(f"the crypto store {self.path} can't be written: {error}") from error

    def save_encrypted_rooms(self, rooms: Iterable[str]) -> None:
        """Only those not written yet: nio asks on every sync, and it was most of its time (MATRIX.md)."""
        new = set(rooms) - self._rooms_written
        if new:
            super().save_encrypted_rooms(new)
            self._rooms_written |= new

    def forget_olm_sessions(self) -> None:
        """All sessions with other devices; nio keeps each for ever."""
        self.database.execute_sql("DELETE FROM olmsessions")

    def ignore_devices(self, devices: list[OlmDevice]) -> None:
        """nio's word for "not verified, gets our keys all the same"; not worth a write."""
        for device in devices:
            device.trust_state = TrustState.ignored

    def is_device_verified(self, device: OlmDevice) -> bool:
        """As loaded and changed since, without asking the disk for each device."""
        return bool(device.trust_state == TrustState.verified)

    def is_device_blacklisted(self, device: OlmDevice) -> bool:
        """See `is_device_verified`."""
        return bool(device.trust_state == TrustState.blacklisted)

    def is_device_ignored(self, device: OlmDevice) -> bool:
        """See `is_device_verified`."""
        return bool(device.trust_state == TrustState.ignored)


def _examine(path: Path, newest: int) -> None:
    database = SqliteDatabase(str(path))
    database.connect()
    try:
        found = database.execute_sql("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise OperatorError(f"the crypto store {path} is damaged ({found}); {HOW_TO_RESTORE}")
        version = _version(database)
        if version > newest:
            raise OperatorError(f"the crypto store {path} was written by a newer townclerk; {HOW_TO_RESTORE}")
    finally:
        database.close()


def _version(database: SqliteDatabase) -> int:
    if not database.table_exists("storeversion"):
        return 0
    row: Any = database.execute_sql("SELECT max(version) FROM storeversion").fetchone()
    return int(row[0] or 0)
