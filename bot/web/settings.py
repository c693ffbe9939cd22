"""The `[web]` section: where health and metrics are served."""

from pydantic import BaseModel, ConfigDict, Field


class WebSettings(BaseModel):
    """Host and port; port 0 takes a free one (the log says which), `off = true` serves nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8787, ge=0, le=65535)
    off: bool = False
