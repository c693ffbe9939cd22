"""Where the encryption's own files are: beside the database, unless the settings say otherwise."""

from pathlib import Path

from bot.matrix.settings import MatrixSettings


def crypto_folder(settings: MatrixSettings, database_url: str) -> Path:
    """The devices' keys and sessions, by nio."""
    return _place(settings.crypto_store, database_url, "crypto")


def key_file(settings: MatrixSettings, database_url: str) -> Path:
    """What the bot's secrets are sealed with."""
    return _place(settings.key_file, database_url, "key")


def _place(given: str, database_url: str, ending: str) -> Path:
    if given:
        return Path(given)
    beside = database_url.removeprefix("sqlite:///") if database_url.startswith("sqlite:///") else "townclerk"
    return Path(f"{beside}.{ending}")
