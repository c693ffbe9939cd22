"""Who doesn't want to be named in a digest: a person, or a council; what they did is counted all the same."""

from bot.actions import Effect
from bot.errors import UserError
from bot.events import Heard
from bot.language.asking_back import organisation_meant
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import phrase
from plugins.digest import plugin
from plugins.digest.settings import DigestSettings

Ctx = Context[DigestSettings]


@plugin.hears("leave_me_out")
async def leave_me_out(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What they ask isn't listed any more."""
    await context.memory.digests.leave_out(heard.sender, context.now)
    return [heard.reply(phrase("digest.you_left_out"))]


@plugin.hears("name_me_again")
async def name_me_again(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """It is again."""
    was_out = await context.memory.digests.put_in_again(heard.sender)
    return [heard.reply(phrase("digest.you_named" if was_out else "digest.you_were_named"))]


@plugin.hears("leave_us_out")
async def leave_us_out(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """A council isn't thanked, and what it uses isn't told."""
    organisation_id = await _council(context, heard, meant)
    await context.memory.digests.leave_out(organisation_id, context.now)
    return [heard.reply(phrase("digest.council_left_out", organisation=_name(context, organisation_id)))]


@plugin.hears("name_us_again")
async def name_us_again(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """It is again."""
    organisation_id = await _council(context, heard, meant)
    was_out = await context.memory.digests.put_in_again(organisation_id)
    key = "digest.council_named" if was_out else "digest.council_was_named"
    return [heard.reply(phrase(key, organisation=_name(context, organisation_id)))]


async def _council(context: Ctx, heard: Heard, meant: Meaning) -> str:
    """The council spoken of: the speaker's own, or any that a steward names."""
    own = await context.surely_of(heard.sender)
    if meant.organisation is None and own:
        return own
    if meant.organisation is None:
        raise UserError(phrase("digest.not_surely_of_a_council"))
    named = organisation_meant(context.names, meant.organisation).organisation.id
    if named != own and not context.community.is_steward(heard.sender):
        raise UserError(phrase("digest.not_of_that_council", organisation=_name(context, named)))
    return named


def _name(context: Ctx, organisation_id: str) -> str:
    organisation = context.names.organisations.get(organisation_id)
    return organisation.name if organisation else organisation_id
