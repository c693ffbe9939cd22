"""The folder a demo lives in: emptied only if it is a demo's own, used by one demo at a time."""

import fcntl
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import OperatorError

MARK = "demo.json"  # says that the folder is a demo's, and holds the password of its people
LOCK = "demo.lock"


class Folder:
    """Where everything of one demo lies."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.homeserver = self.path / "homeserver"
        self.settings = self.path / "townclerk.toml"
        self.bot_log = self.path / "townclerk.log"
        self.database_url = f"sqlite:///{self.path / 'townclerk.db'}"
        self.password = ""

    @contextmanager
    def used(self, keep: bool) -> Iterator["Folder"]:
        """Hold it, made anew unless `keep`."""
        _check_that_it_is_ours(self.path)
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.path / LOCK).open("w")
        except OSError as error:
            raise OperatorError(f"the demo can't write to {self.path}: {error.strerror}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise OperatorError(
                    f"another demo is running in {self.path}; end it, or name another --folder"
                ) from error
            if not keep:
                self._empty()
            self.password = self._password()
            yield self

    def write_settings(self, text: str) -> None:
        """The bot's settings hold its password: for their owner alone."""
        _write_private(self.settings, text)

    def _empty(self) -> None:
        for path in self.path.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()

    def _password(self) -> str:
        mark = self.path / MARK
        if not mark.exists():
            _write_private(mark, json.dumps({"password": secrets.token_urlsafe(9)}))
        password: str = json.loads(mark.read_text(encoding="utf-8"))["password"]
        return password


def _check_that_it_is_ours(path: Path) -> None:
    if path.is_dir() and any(path.iterdir()) and not ((path / MARK).exists() or (path / LOCK).exists()):
        raise OperatorError(
            f"{path} has files in it that are not a demo's, and the demo would delete them; name another --folder"
        )


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
