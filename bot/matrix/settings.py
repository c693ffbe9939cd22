"""The `[matrix]` section: which homeserver, which account, whom to listen to."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class MatrixSettings(BaseModel):
    """How the bot reaches its homeserver and logs in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    homeserver: str = ""
    user: str = ""
    password: SecretStr = SecretStr("")
    access_token: SecretStr = SecretStr("")
    device_name: str = "Town Clerk"
    display_name: str = "Town Clerk"
    prefix: str = "!clerk"
    ca_file: str = ""
    encrypt_direct_chats: bool = True
    crypto_store: str = ""
    allowed_servers: tuple[str, ...] = ()
    allowed_people: tuple[str, ...] = Field(default=(), description="globs of Matrix ids")
    allowed_spaces: tuple[str, ...] = Field(default=(), description="rooms, by id or alias, that the bot is in")
    ignored_users: tuple[str, ...] = Field(default=(), description="globs of Matrix ids of other bots")

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
        return self
