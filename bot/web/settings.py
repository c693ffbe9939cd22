"""The `[web]` section: where health and metrics are served."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class WebSettings(BaseModel):
    """Where it is served: port 0 takes a free one (the log says which), `off = true` serves nothing.

    `heartbeat` is an address that is called every minute as long as all is well: that of a dead man's switch.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8787, ge=0, le=65535)
    off: bool = False
    heartbeat: SecretStr = SecretStr("")

    @field_validator("heartbeat")
    @classmethod
    def _address(cls, value: SecretStr) -> SecretStr:
        if value and not _is_web_address(value.get_secret_value()):
            raise ValueError("this is no web address; write it like https://watcher.example.org/ping/…")
        return value


def _is_web_address(text: str) -> bool:
    try:
        address = urlsplit(text)
    except ValueError:  # its words would show the address
        return False
    return address.scheme in ("http", "https") and bool(address.hostname)
