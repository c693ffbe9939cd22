"""The request that is spoken of: by its number, by its thread, or by its card."""

from bot.domain.request import Request, number_of
from bot.errors import UserError
from bot.plugin import Context
from bot.words import phrase
from plugins.requests.settings import RequestsSettings


async def request_meant(context: Context[RequestsSettings], subject: str | None, number: int | None) -> Request:
    """The request with this number, else the one the talk is about; raises UserError if there is none."""
    wanted = number if number is not None else number_of(subject)
    if wanted is None:
        raise UserError(phrase("requests.which"))
    request = await context.memory.requests.get(wanted)
    if request is None:
        raise UserError(phrase("requests.no_such", number=wanted))
    return request
