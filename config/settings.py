"""All settings, read once: the file, the secrets directory, and the environment, which wins."""

import os
import tomllib
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot import clock
from bot.domain.community import Community, Council, Span
from bot.errors import OperatorError
from bot.matrix.settings import MatrixSettings
from bot.web.settings import WebSettings
from config.sections import CommunitySettings, CouncilSettings, DatabaseSettings, ExchangeSettings, LimitsSettings

PREFIX = "TOWNCLERK_"
SECRETS_VARIABLE = "TOWNCLERK_SECRETS_DIR"
NOT_SETTINGS = frozenset({SECRETS_VARIABLE, "TOWNCLERK_FAILPOINT"})


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

    matrix: MatrixSettings = MatrixSettings()
    database: DatabaseSettings = DatabaseSettings()
    community: CommunitySettings = CommunitySettings()
    councils: tuple[CouncilSettings, ...] = ()
    plugins: dict[str, dict[str, Any]] | None = None
    web: WebSettings = WebSettings()
    limits: LimitsSettings = LimitsSettings()
    exchange: ExchangeSettings = ExchangeSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over what `load` read from secrets and file."""
        return KnownVariables(settings_cls), init_settings


class KnownVariables(EnvSettingsSource):
    """The environment without the variables that name no setting: Kubernetes injects some."""

    def __call__(self) -> dict[str, Any]:
        """The known ones, nested."""
        return _known(Settings, super().__call__())


def load(path: Path | None) -> tuple[Settings, list[str]]:
    """The settings, and the names of `TOWNCLERK_…` variables that mean nothing to us: those are only warned about.

    A wrong key in the file is refused: raises OperatorError, in one line, with the nearest known name.
    """
    values = _at_home(_file(path), path.parent) if path else {}
    for name, text in _secrets(os.environ.get(SECRETS_VARIABLE)).items():
        _put(values, name.lower().split("__"), text)
    ours = [name for name in os.environ if name.startswith(PREFIX) and name not in NOT_SETTINGS]
    unknown = sorted(name for name in ours if not _is_known(name[len(PREFIX) :].lower().split("__")))
    try:
        return Settings(**values), unknown
    except ValidationError as error:
        raise OperatorError(explain(error, Settings, str(path) if path else "the environment")) from error
    except SettingsError as error:
        raise OperatorError(f"the environment: {error}") from error


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise OperatorError(f"the settings file {path} can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"the settings file {path} is no TOML: {error}") from error


def _at_home(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The files that a settings file names are beside it."""
    councils = values.get("councils")
    for council in councils if isinstance(councils, list) else ():
        named = council.get("calendar_file") if isinstance(council, dict) else None
        if named and isinstance(named, str):
            council["calendar_file"] = str(folder / named)
    return values


def _secrets(folder: str | None) -> dict[str, str]:
    """Files named like `matrix__password`, one value each, in the directory the environment names."""
    if not folder:
        return {}
    try:
        files = sorted(f for f in Path(folder).iterdir() if f.is_file() and not f.name.startswith("."))
        return {f.name: f.read_text(encoding="utf-8").strip() for f in files if _is_known(f.name.lower().split("__"))}
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"the secrets directory {folder} can't be read: {error}") from error


def _put(values: dict[str, Any], path: list[str], text: str) -> None:
    for name in path[:-1]:
        inner = values.setdefault(name, {})
        if not isinstance(inner, dict):
            raise OperatorError(f"the secret {'__'.join(path)} can't be put into {name}: that is no table")
        values = inner
    values[path[-1]] = text


def _known(model: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    known = {}
    for name, value in values.items():
        if name in model.model_fields:
            inner = model.model_fields[name].annotation
            nested = isinstance(inner, type) and issubclass(inner, BaseModel) and isinstance(value, dict)
            known[name] = _known(inner, value) if nested else value  # type: ignore[arg-type]
    return known


def _is_known(path: list[str]) -> bool:
    model: Any = Settings
    for name in path:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return True  # inside a table of free keys, such as a plugin's section: checked by its owner
        if name not in model.model_fields:
            return False
        model = model.model_fields[name].annotation
    return True


def explain(error: ValidationError, model: type[BaseModel], where: str) -> str:
    """A validation error as one sentence an operator can act on."""
    said = []
    for problem in error.errors(include_url=False):
        place = [str(step) for step in problem["loc"]]
        name = ".".join(place) or "settings"
        if problem["type"] == "extra_forbidden":
            near = get_close_matches(place[-1], _names(model, place[:-1]), n=1, cutoff=0.5)
            said.append(f"{name} is unknown" + (f"; did you mean {near[0]}?" if near else ""))
        else:
            said.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
    return f"{where}: " + "; ".join(said)


def _names(model: Any, place: list[str]) -> list[str]:
    for name in place:
        if name.isdigit():
            continue
        annotation = model.model_fields[name].annotation if name in model.model_fields else None
        inner = [a for a in (annotation, *get_args(annotation)) if isinstance(a, type) and issubclass(a, BaseModel)]
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields)


def community(settings: Settings, today: date | None = None) -> Community:
    """The community as the domain knows it; reads the councils' calendar files, and warns of one that it can't."""
    said = settings.community
    day = today or clock.now().date()
    return Community(
        name=said.name,
        language=said.language,
        time_zone=ZoneInfo(said.time_zone),
        stewards=said.stewards,
        stewards_room=said.rooms.stewards,
        maintainers_room=said.rooms.maintainers,
        help_room=said.rooms.help or said.rooms.maintainers,
        hours=said.hours,
        nation=said.nation,
        closed=said.closed,
        councils=tuple(_council(council, ZoneInfo(council.time_zone or said.time_zone), day)
                       for council in settings.councils),
    )  # fmt: skip


def _council(said: CouncilSettings, zone: ZoneInfo, today: date) -> Council:
    filed: tuple[Span, ...] = ()
    if said.calendar_file:
        from config.calendars import closed_days_of  # only where one is: its libraries take their time and room

        filed = closed_days_of(said.id, Path(said.calendar_file), zone, today)
    return Council(**said.model_dump(exclude={"calendar_file"}) | {"closed": (*said.closed, *filed)})
