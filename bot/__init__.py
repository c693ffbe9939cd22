"""The machine: hears Matrix, lets plugins think, says what they answer, and loses nothing on the way."""

from bot.lean import without

with without("rich", "twisted"):  # for tracebacks, which we write ourselves: without anybody's words (bot/logs.py)
    import structlog  # noqa: F401
