"""What `townclerk doctor` says of files that others on the machine may read."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bot.app import crypto_folder
from bot.commands.finding import Finding
from bot.matrix.crypto.sealing import is_readable_by_others, key_file
from config.settings import Settings

OTHERS = 0o007  # whoever isn't of the file's group: a settings file may well be its group's


def examine_files(settings: Settings, config: Path | None) -> list[Finding]:
    """Nothing is said of what is well."""
    return [
        Finding(False, f"{what} {path} can be read by others: chmod {mode} {path}")
        for what, path, mode in (*_kept(settings), *_settings_file(settings, config))
    ]


def _kept(settings: Settings) -> Iterator[tuple[str, Path, str]]:
    """What the bot itself has written, with what it needs."""
    file = key_file(settings.matrix, settings.database.url)
    if not settings.matrix.secrets_key and file.exists() and is_readable_by_others(file):
        yield "the key file", file, "600"
    if settings.database.url.startswith("sqlite:///"):
        database = settings.database.url.removeprefix("sqlite:///")
        for path in (Path(database + ending) for ending in ("", "-wal", "-shm")):
            if path.exists() and is_readable_by_others(path):
                yield "the database", path, "600"
    folder = crypto_folder(settings)
    if folder.exists() and is_readable_by_others(folder):
        yield "the crypto store", folder, "700"


def _settings_file(settings: Settings, config: Path | None) -> Iterator[tuple[str, Path, str]]:
    if config and config.stat().st_mode & OTHERS:
        text = config.read_text(encoding="utf-8")
        if any(secret in text for secret in _secrets(settings) if secret):
            yield "the settings file, with a secret in it,", config, "600"


def _secrets(settings: Settings) -> Iterator[str]:
    for section in (settings.matrix, settings.web):
        for name in type(section).model_fields:
            value = getattr(section, name)
            if hasattr(value, "get_secret_value"):
                yield value.get_secret_value()
    if not settings.database.url.startswith("sqlite:"):
        yield urlsplit(settings.database.url).password or ""
