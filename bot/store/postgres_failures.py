"""When PostgreSQL itself fails, not what was asked of it: apart, so that its driver is loaded only where it is used."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from bot.errors import StoreError
from bot.store.failures import AGAIN

# SQLSTATE classes: connection (08), resources (53: disk full), intervention (57: shutdown), system (58), internal (XX).
_POSTGRES = ("08", "53", "57P", "58", "XX")
_OTHERS = ("25006", "25P03")  # a server that became a standby; cut off because we stood still in a transaction


@contextmanager
def postgres_told() -> Iterator[None]:
    """Raises StoreError in place of what asyncpg says when the server, or the way to it, is at fault."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        if not _is_the_servers(error):
            raise
        raise postgres_failure(error) from error


def postgres_failure(error: Exception) -> StoreError:
    """The line for whatever became of PostgreSQL."""
    return StoreError(f"the PostgreSQL database failed ({told(error)}); see to it, {AGAIN}")


def told(error: Exception) -> str:
    """Why, without the rows that the server puts into DETAIL, and without pieces of an address that was misread."""
    if isinstance(error, ValueError):  # asyncpg's configuration errors, too
        return "[database] url can't be read; in its password write / ? # @ : % as %2F %3F %23 %40 %3A %25"
    if isinstance(error, asyncpg.PostgresError) and error.args:
        return str(error.args[0])
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _is_the_servers(error: Exception) -> bool:
    state = getattr(error, "sqlstate", None)
    if state is None:  # asyncpg's own: a connection closed or half closed, but not an argument of a wrong type
        return not isinstance(error, ValueError)
    return str(state).startswith(_POSTGRES) or state in _OTHERS
