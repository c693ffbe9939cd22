"""Settings: the example documents all of them, mistakes are explained, the environment wins."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.errors import OperatorError
from bot.features import BUILT_IN, install
from config.settings import Settings, community, load

EXAMPLE = Path(__file__).parents[2] / "config" / "example.toml"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets."""
    import os

    for name in [name for name in os.environ if name.startswith("TOWNCLERK_")]:
        monkeypatch.delenv(name)


def written(tmp_path: Path, text: str) -> Path:
    """A settings file."""
    path = tmp_path / "townclerk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def models(annotation: Any) -> list[type[BaseModel]]:
    """The models inside an annotation."""
    found = [annotation] if isinstance(annotation, type) and issubclass(annotation, BaseModel) else []
    return found + [model for inner in get_args(annotation) for model in models(inner)]


def names(model: type[BaseModel]) -> set[str]:
    """Every field's name, nested ones included."""
    inner = [names(m) for field in model.model_fields.values() for m in models(field.annotation)]
    return set(model.model_fields).union(*inner)


def test_the_example_is_loaded_and_documents_every_option() -> None:
    settings, unknown = load(EXAMPLE)
    assert unknown == []
    text = EXAMPLE.read_text(encoding="utf-8")
    plugins = [i.plugin.settings for i in install(settings.plugins)]
    wanted = set().union(names(Settings), *(names(model) for model in plugins))
    assert [name for name in sorted(wanted) if not re.search(rf"\b{name}\b", text)] == []
    assert set(settings.plugins or {}) == set(BUILT_IN)


def test_three_sections_are_enough_and_all_plugins_are_on(tmp_path: Path) -> None:
    settings, _ = load(
        written(
            tmp_path,
            '[matrix]\nhomeserver = "https://x.org"\nuser = "@c:x.org"\npassword = "p"\n'
            '[database]\nurl = "sqlite:///t.db"\n[community]\nname = "Us"\n',
        )
    )
    assert [i.plugin.name for i in install(settings.plugins)] == list(BUILT_IN)
    assert community(settings).name == "Us"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[matrix]\nhomserver = "x"', "matrix.homserver is unknown; did you mean homeserver?"),
        ("[comunity]\n", "comunity is unknown; did you mean community?"),
        ('[community]\ntime_zone = "Europe/Londn"', "did you mean 'Europe/London'?"),
        ('[community]\nhours = "Mon-Fri 17:00-09:00"', "community.hours"),
        ('[community]\nnation = "Atlantis"', "community.nation"),
        ('[[councils]]\nid = "x"\nhomserver = []', "did you mean homeservers?"),
        ('[matrix]\nuser = "clerk"', "write the full Matrix ID"),
        ('[matrix]\nhomeserver = "x.org"', "https://"),
        ('[matrix]\npassword = "a"\naccess_token = "b"', "not both"),
        ("[limits]\nreplies_per_minute = -1", "limits.replies_per_minute"),
        ("[web]\nport = 70000", "web.port"),
        ("[matrix", "is no TOML"),
    ],
)
def test_a_mistake_in_the_file_is_one_clear_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(OperatorError) as caught:
        load(written(tmp_path, text))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"digest": {"day": "Someday"}}, "is no day of the week"),
        ({"digest": {"dya": "Monday"}}, "did you mean day?"),
        ({"escalation": {"ladder": [{"ask": "maintainer", "after": "soon"}]}}, "soon"),
        ({"escalation": {"ladder": [{"ask": "nobody", "after": "4h"}]}}, "maintainer"),
        ({"directry": {}}, "there is no plugin of that name"),
    ],
)
def test_a_mistake_in_a_plugins_section_is_explained(section: dict[str, dict[str, Any]], told: str) -> None:
    with pytest.raises(OperatorError) as caught:
        install(section)
    assert told in str(caught.value)


def test_the_environment_wins_and_is_enough_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNCLERK_MATRIX__HOMESERVER", "https://env.org")
    monkeypatch.setenv("TOWNCLERK_COMMUNITY__STEWARDS", '["@sam:x.org"]')
    monkeypatch.setenv("TOWNCLERK_PLUGINS__DIGEST__ROOM", "#digest:x.org")
    settings, _ = load(written(tmp_path, '[matrix]\nhomeserver = "https://file.org"\nuser = "@c:x.org"\n'))
    assert settings.matrix.homeserver == "https://env.org"
    assert settings.matrix.user == "@c:x.org"
    assert settings.community.stewards == ("@sam:x.org",)
    assert settings.plugins == {"digest": {"room": "#digest:x.org"}}
    assert load(None)[0].matrix.homeserver == "https://env.org"


def test_variables_that_mean_nothing_are_only_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNCLERK_PORT", "tcp://10.0.0.1:80")
    monkeypatch.setenv("TOWNCLERK_MATRIX__HOMSERVER", "x")
    settings, unknown = load(None)
    assert unknown == ["TOWNCLERK_MATRIX__HOMSERVER", "TOWNCLERK_PORT"]
    assert settings.matrix.homeserver == ""


def test_secrets_come_from_their_directory_and_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "matrix__password").write_text("hunter2\n")
    (tmp_path / "something-else").write_text("x")
    monkeypatch.setenv("TOWNCLERK_SECRETS_DIR", str(tmp_path))
    settings, _ = load(None)
    assert settings.matrix.password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings)
