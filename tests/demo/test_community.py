"""The demo's community: the settings its bot is given, and the folder it lives in."""

import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.clerk import clean_environment
from bot.demo.community import as_toml, bot_settings, read_community
from bot.demo.folder import Folder
from bot.errors import OperatorError
from bot.exchange.register import read_register
from bot.features import BUILT_IN, install
from config.settings import load

ROOMS = {"talk": "!t", "maintainers": "!m", "stewards": "!s", "digest": "!d"}
JUST_BEFORE_MIDNIGHT = datetime(2026, 7, 5, 23, 0, 10, tzinfo=UTC)  # ten past midnight on Monday in London


def settings_text() -> str:
    return as_toml(
        bot_settings(read_community(), "http://127.0.0.1:1", "localhost", 'pass"word\\', ROOMS, JUST_BEFORE_MIDNIGHT)
    )


def test_the_bots_settings_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TOWNCLERK_"):
            monkeypatch.delenv(name)
    (tmp_path / "townclerk.toml").write_text(settings_text(), encoding="utf-8")
    settings, unknown = load(tmp_path / "townclerk.toml")
    assert unknown == []
    assert settings.matrix.password.get_secret_value() == 'pass"word\\'
    assert settings.community.rooms.maintainers == "!m"
    assert {one.plugin.name for one in install(settings.plugins)} == set(BUILT_IN)


def test_the_digest_is_due_at_its_instant_in_the_communitys_time_zone() -> None:
    digest = tomllib.loads(settings_text())["plugins"]["digest"]
    assert (digest["day"], digest["time"], digest["room"]) == ("Monday", "00:00:10", "!d")


def test_the_demos_councils_are_in_the_register() -> None:
    known = {organisation.id for organisation in read_register().organisations}
    assert {person.council for person in read_community().people if person.council} <= known


def test_the_operators_own_settings_and_proxies_are_kept_from_the_demos_bot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOWNCLERK_DATABASE__URL", "sqlite:///real.db")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    monkeypatch.setenv("http_proxy", "http://proxy")
    assert not {"TOWNCLERK_DATABASE__URL", "HTTPS_PROXY", "http_proxy"} & set(clean_environment())


def test_a_folder_with_somebodys_files_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(OperatorError, match="not a demo's"), Folder(tmp_path).used(keep=False):
        pass
    assert (tmp_path / "thesis.odt").exists()


def test_a_demos_folder_is_made_anew_or_kept(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    with Folder(place).used(keep=False) as first:
        (place / "homeserver").mkdir()
        (place / "homeserver" / "rooms").touch()
    with Folder(place).used(keep=True) as kept:
        assert (place / "homeserver" / "rooms").exists()
        assert kept.password == first.password
    with Folder(place).used(keep=False) as new:
        assert not (place / "homeserver").exists()
        assert new.password != first.password


def test_two_demos_cant_share_a_folder(tmp_path: Path) -> None:
    with (
        Folder(tmp_path / "demo").used(keep=False),
        pytest.raises(OperatorError, match="another demo is running"),
        Folder(tmp_path / "demo").used(keep=False),
    ):
        pass


def test_the_settings_with_the_password_are_for_their_owner_alone(tmp_path: Path) -> None:
    with Folder(tmp_path / "demo").used(keep=False) as folder:
        folder.write_settings("x = 1\n")
        assert folder.settings.stat().st_mode & 0o777 == 0o600
