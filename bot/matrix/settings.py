"""The `[matrix]` section: which homeserver, which account, whom to listen to."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from bot.domain import durations


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
    allowed_servers: tuple[str, ...] = ()
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
        return value.rstrip("/")

    @field_validator("user")
    @classmethod
    def _is_full_id(cls, value: str) -> str:
        if value and not (value.startswith("@") and ":" in value):
            raise ValueError("write the full Matrix ID, like @clerk:example.org")
        return value

    @model_validator(mode="after")
    def _has_one_way_in(self) -> "MatrixSettings":
        if self.password.get_secret_value() and self.access_token.get_secret_value():
            raise ValueError("give password or access_token, not both")
        if self.refresh_token.get_secret_value() and not (self.access_token.get_secret_value() and self.user):
            raise ValueError("refresh_token goes with access_token and user")
        return self
