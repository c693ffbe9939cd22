"""Who belongs where: what a person says of themselves, and whether anything proves it."""

from pathlib import Path

from bot.errors import UserError
from bot.events import Effect, Entered, Heard, Say, phrase
from bot.language.meaning import Match, Meaning
from bot.plugin import Context, NoSettings, Plugin

plugin = Plugin("people", Path(__file__).parent, NoSettings, "knows who works for which council")

Ctx = Context[NoSettings]


@plugin.hears("works_for")
async def works_for(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Remember a person's council; verified only by their account or homeserver, as configured."""
    named = meant.organisation
    if named is None or not named.typed.strip():
        raise UserError(phrase("people.which_organisation"))
    organisations = context.names.organisations
    if named.id is None:
        choices = [organisations[i].name for i in named.ids if i in organisations]
        key = "people.ambiguous" if named.match is Match.AMBIGUOUS else "people.near" if choices else "people.unknown"
        raise UserError(phrase(key, typed=named.typed, choices=choices))
    organisation = organisations[named.id]
    organisation = organisations.get(organisation.successor or "", organisation)
    sure = context.community.by_account(heard.sender)
    if sure and sure != organisation.id and sure in organisations:
        raise UserError(phrase("people.known_elsewhere", organisation=organisations[sure].name))
    verified = sure == organisation.id
    await context.memory.people.keep(heard.sender, organisation.id, verified, context.now)
    key = "people.noted" if verified else "people.noted_unverified"
    return [heard.reply(phrase(key, organisation=organisation.name))]


@plugin.hears("about_me", reads=True)
async def about_me(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What is kept of the person who asks."""
    belonging = await context.belonging(heard.sender)
    if belonging is None:
        return [heard.reply(phrase("people.nothing_kept"))]
    organisation = context.names.organisations[belonging.organisation_id]
    key = "people.kept" if belonging.verified else "people.kept_unverified"
    return [heard.reply(phrase(key, organisation=organisation.name))]


@plugin.enters
async def introduce(context: Ctx, entered: Entered) -> list[Effect]:
    """Say in one message who has come, and what is kept."""
    return [Say(entered.room_id, (phrase("people.introduction", community=context.community.name),))]
