"""What an operator may get wrong is told in one line that says where, and never shows a secret."""

from pathlib import Path

import pytest

from bot.errors import OperatorError
from config.settings import Settings, community, load

SECRET = "hunter2"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets."""
    monkeypatch.setattr("os.environ", {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file that isn't there yet."""
    return tmp_path / "townclerk.toml"


def refused(file: Path) -> str:
    """How it is told."""
    with pytest.raises(OperatorError) as caught:
        load(file)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[community]\nhours = ""', "community.hours: this can't be empty"),
        ('[community]\ntime_zone = " "', "community.time_zone"),
        ('[community]\nlanguage = "xx"', "townclerk doesn't speak 'xx'; write one of: cy, de, en, fr"),
        ('[community]\nlanguage = "en-GB"', "townclerk doesn't speak 'en-GB'"),
        ('[community]\nlanguage = "../en"', "community.language"),
        ('[[councils]]\nhours = "always"', "councils.0.id: Field required"),
        ('[[councils]]\nid = "a"\n[[councils]]\nid = "b"\nnation = "Atlantis"', "councils.1.nation"),
        ('[councils]\nid = "a"', "councils"),
        ('matrix = "x"', "matrix"),
        ('[matrix]\nallowed_servers = "x.org"', "matrix.allowed_servers"),
        ("[limits]\nreplies_per_minute = 2.5", "limits.replies_per_minute"),
        ("[community.room]\n", "community.room is unknown; did you mean rooms?"),
        ("[zzz]\n", "zzz is unknown"),
        ("a = 1\na = 2", "is no TOML"),
        ("\x00", "is no TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(file: Path, text: str, told: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert told in refused(file)


def test_several_mistakes_are_told_at_once(file: Path) -> None:
    file.write_text("[web]\nprot = 1\n[limits]\nreplies = 1\n", encoding="utf-8")
    told = refused(file)
    assert "web.prot is unknown; did you mean port?" in told
    assert "limits.replies is unknown; did you mean replies_per_minute?" in told


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    assert refused(file) == f"the settings file {file} can't be read: No such file or directory"


def test_a_file_that_is_no_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe[matrix]")
    assert f"the settings file {file} is no TOML" in refused(file)


def test_a_file_written_on_windows_is_read(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbf[community]\r\nname = "Us"\r\n')
    assert load(file)[0].community.name == "Us"


def test_a_mistake_beside_a_secret_does_not_show_it(file: Path) -> None:
    file.write_text(f'[matrix]\npassword = "{SECRET}"\naccess_token = "{SECRET}"\nuser = "x"', encoding="utf-8")
    assert SECRET not in refused(file)


def test_a_secret_of_the_wrong_kind_is_not_shown(file: Path) -> None:
    file.write_text(f'[matrix]\npassword = ["{SECRET}"]', encoding="utf-8")
    assert SECRET not in refused(file)


@pytest.mark.parametrize("name", ["matrix__password__more", "councils__0__room"])
def test_a_secret_that_fits_nowhere_is_told(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / name).write_text(SECRET)
    monkeypatch.setenv("TOWNCLERK_SECRETS_DIR", str(secrets))
    file.write_text('[matrix]\npassword = "x"\n[[councils]]\nid = "a"\n', encoding="utf-8")
    assert "can't be put into" in refused(file)


def test_a_secrets_directory_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOWNCLERK_SECRETS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(OperatorError, match=r"the secrets directory .* can't be read"):
        load(None)


def test_hidden_files_and_folders_are_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "..data").mkdir()  # as Kubernetes mounts them
    (tmp_path / ".matrix__password").write_text(SECRET)
    (tmp_path / "MATRIX__PASSWORD").write_text("right\n")
    monkeypatch.setenv("TOWNCLERK_SECRETS_DIR", str(tmp_path))
    assert load(None)[0].matrix.password.get_secret_value() == "right"


def test_the_environment_wins_over_a_secret_and_a_secret_over_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file.write_text('[matrix]\npassword = "file"\ndevice_name = "file"\nprefix = "!file"\n', encoding="utf-8")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "matrix__password").write_text("secret")
    (secrets / "matrix__device_name").write_text("secret")
    monkeypatch.setenv("TOWNCLERK_SECRETS_DIR", str(secrets))
    monkeypatch.setenv("TOWNCLERK_MATRIX__PASSWORD", "environment")
    matrix = load(file)[0].matrix
    assert (matrix.password.get_secret_value(), matrix.device_name, matrix.prefix) == ("environment", "secret", "!file")


@pytest.mark.parametrize("name", ["TOWNCLERK_COMMUNITY__ROOMS__STEWARDS", "townclerk_community__rooms__stewards"])
def test_the_environment_reaches_into_nested_sections(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "#stewards:x.org")
    settings, unknown = load(None)
    assert (settings.community.rooms.stewards, unknown) == ("#stewards:x.org", [])


def test_what_kubernetes_injects_for_a_service_of_that_name_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    injected = {"PORT": "tcp://10.0.0.1:80", "SERVICE_HOST": "10.0.0.1", "WEB_PORT": "tcp://10.0.0.1:80"}
    for name, value in injected.items():
        monkeypatch.setenv(f"TOWNCLERK_{name}", value)
    settings, unknown = load(None)
    assert settings == Settings()
    assert unknown == ["TOWNCLERK_PORT", "TOWNCLERK_SERVICE_HOST", "TOWNCLERK_WEB_PORT"]


def test_a_wrong_value_in_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNCLERK_WEB__PORT", "eighty")
    with pytest.raises(OperatorError, match=r"^the environment: web\.port"):
        load(None)


def test_settings_do_not_change() -> None:
    settings = load(None)[0]
    for section in (settings, settings.matrix, settings.community, settings.community.rooms, settings.web):
        assert section.model_config.get("frozen")


def test_what_the_file_says_of_a_council_is_what_the_domain_knows(file: Path) -> None:
    file.write_text('[[councils]]\nid = "CMD"\npeople = ["@bea:x.org"]\nlocked = true\n', encoding="utf-8")
    council = community(load(file)[0]).council("CMD")
    assert (council.people, council.locked, council.hours) == (("@bea:x.org",), True, "")
