"""A database as the release before left it, and one from the future."""

import sqlite3
from pathlib import Path

from bot.store.database import migrations, statements


def make_old(file: Path) -> int:
    """In place of what is there; the version it has."""
    file.unlink()
    *before, (newest, _) = migrations("sqlite")
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE schema_version (version BIGINT PRIMARY KEY)")
    for number, script in before:
        for statement in statements(script):
            connection.execute(statement)
        connection.execute("INSERT INTO schema_version (version) VALUES (?)", (number,))
    connection.commit()
    connection.close()
    return newest - 1


def make_newer(file: Path) -> None:
    """As a newer townclerk would have left it."""
    connection = sqlite3.connect(file)
    connection.execute("INSERT INTO schema_version (version) SELECT MAX(version) + 1 FROM schema_version")
    connection.commit()
    connection.close()
