"""The `[matrix]` section: which homeserver, which account, whom to listen to."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from bot.domain import durations
from bot.matrix.crypto import recovery_key

SHORTEST_KEY = 32  # characters: enough for 128 bits however they are written, and no password


Policy = Literal["operator", "automatic", "off"]


class MatrixSettings(BaseModel):
    """How the bot reaches its homeserver and logs in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    homeserver: str = ""
    user: str = ""
    password: SecretStr = SecretStr("")
    access_token: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    device_name: str = "Town Clerk"
    display_name: str = "Town Clerk"
    prefix: str = "!clerk"
    ca_file: str = ""
    encrypt_direct_chats: bool = True
    crypto_store: str = ""
    rotate_keys_after_messages: int = Field(default=100, ge=1, le=10_000)
    rotate_keys_after_days: int = Field(default=7, ge=1, le=365)
    key_file: str = ""
    secrets_key: SecretStr = SecretStr("")
    recovery_key: SecretStr = SecretStr("")
    verification: Policy = Field(default="operator", description="who confirms a verification by emoji")
    allowed_servers: tuple[str, ...] = ()
    allowed_people: tuple[str, ...] = Field(default=(), description="globs of Matrix ids")
    allowed_spaces: tuple[str, ...] = Field(default=(), description="rooms, by id or alias, that the bot is in")
    search_again: timedelta = Field(default=timedelta(minutes=10), description="after a hole was filled")
    ignored_users: tuple[str, ...] = Field(default=(), description="globs of Matrix ids of other bots")

    @field_validator("search_again", mode="before")
    @classmethod
    def _is_span(cls, value: object) -> timedelta:
        return value if isinstance(value, timedelta) else durations.parse(str(value))

    @field_validator("homeserver")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("write the homeserver's address with https:// (or http://)")
        if {"@", "?", "#"} & set(value):  # it is named in logs
            raise ValueError("write the homeserver's address without a user, password or query")
        return value.rstrip("/")

    @field_validator("user")
    @classmethod
    def _is_full_id(cls, value: str) -> str:
        if value and not (value.startswith("@") and ":" in value):
            raise ValueError("write the full Matrix ID, like @clerk:example.org")
        return value

    @field_validator("secrets_key")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if value and len(value.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"give at least {SHORTEST_KEY} characters, drawn at random (openssl rand -base64 32)")
        return value

    @field_validator("recovery_key")
    @classmethod
    def _is_recovery_key(cls, value: SecretStr) -> SecretStr:
        if value:
            recovery_key.read(value.get_secret_value())
        return value

    @field_validator("allowed_spaces")
    @classmethod
    def _are_rooms(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for room in value:
            if not room.startswith(("!", "#")):
                raise ValueError(f"{room!r} is no room: write its id (!…) or alias (#…)")
        return value

    @model_validator(mode="after")
    def _has_one_way_in(self) -> "MatrixSettings":
        if self.password.get_secret_value() and self.access_token.get_secret_value():
            raise ValueError("give password or access_token, not both")
        if self.refresh_token.get_secret_value() and not (self.access_token.get_secret_value() and self.user):
            raise ValueError("refresh_token goes with access_token and user")
        return self
