"""A process that starts for the first time, again and again; with few imports, for it is spawned."""

from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from bot.matrix.crypto.sealing import sealing_key
from bot.matrix.settings import MatrixSettings


def first_starts(files: list[Path], together: Barrier, found: Connection) -> None:
    """Once for each key file, each at the same moment as another process."""
    for file in files:
        together.wait(60)
        found.send(sealing_key(MatrixSettings(), file, make=True).material)
