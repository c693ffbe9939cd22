"""The week as anybody may ask for it: the last seven days, here and now."""

from bot.actions import Effect
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context
from plugins.digest import plugin
from plugins.digest.editions import editions, room_of
from plugins.digest.settings import DigestSettings, EditionSettings
from plugins.digest.telling import last_seven_days
from plugins.digest.templated import told
from plugins.digest.wording import values

Ctx = Context[DigestSettings]


@plugin.hears("digest", reads=True)
async def show(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """The last seven days, here and now; of what the room's digest is about, where it has one."""
    week = await last_seven_days(context, await _edition_in(context, heard.room_id))
    blocks, _ = told(context, await values(context, week, context.language))
    return [heard.reply(*blocks)]


async def _edition_in(context: Ctx, room_id: str) -> EditionSettings:
    for edition in editions(context):
        if await room_of(context, edition) == room_id:
            return edition
    return EditionSettings()
