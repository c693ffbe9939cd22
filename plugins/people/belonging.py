"""A person's council: as they say, as their account proves, or as the stewards are asked to confirm."""

from bot.actions import Effect, Say
from bot.errors import UserError
from bot.events import Entered, Heard
from bot.language.asking_back import organisation_meant
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from bot.words import phrase
from plugins.people import plugin
from plugins.people.approval import ask_stewards

Ctx = Context[NoSettings]


@plugin.hears("works_for")
async def works_for(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Remember a person's council; verified by their account or homeserver as configured, else by a steward."""
    body = organisation_meant(context.names, meant.organisation)
    organisation = body.organisation
    replaced = [
        phrase("people.abolished", organisation=ended.name, successor=successor.name, ended=ended.ended or "?")
        for ended, successor in body.reforms
    ]
    sure = context.community.by_account(heard.sender)
    if sure and sure != organisation.id and sure in context.names.organisations:
        raise UserError(phrase("people.known_elsewhere", organisation=context.names.organisations[sure].name))
    await context.memory.contacts.keep_language(heard.sender, context.language)
    known = await context.memory.people.belonging(heard.sender)
    approved = known is not None and known.verified and known.organisation_id == organisation.id
    if sure == organisation.id or approved:
        # What the settings prove isn't kept as proven: it ends with them.
        await context.memory.people.keep(heard.sender, organisation.id, approved, context.now)
        key = "people.noted_approved" if approved else "people.noted"
        return [heard.reply(*replaced, phrase(key, organisation=organisation.name))]
    await context.memory.people.keep(heard.sender, organisation.id, False, context.now)
    asked = ask_stewards(context, heard, organisation)
    key = "people.noted_asking" if asked else "people.noted_unverified"
    return [heard.reply(*replaced, phrase(key, organisation=organisation.name)), *asked]


@plugin.hears("about_me", reads=True)
async def about_me(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What is kept of the person who asks."""
    belonging = await context.belonging(heard.sender)
    consent = (await context.memory.contacts.get(heard.sender)).consent
    asking = [phrase(f"people.consent_{consent}")] if consent else []
    if belonging is None:
        return [heard.reply(phrase("people.nothing_kept"), *asking)]
    organisation = context.names.organisations[belonging.organisation_id]
    key = "people.kept" if belonging.verified else "people.kept_unverified"
    return [heard.reply(phrase(key, organisation=organisation.name), *asking)]


@plugin.enters
async def introduce(context: Ctx, entered: Entered) -> list[Effect]:
    """Say in one message who has come, and what is kept."""
    return [Say(entered.room_id, (phrase("people.introduction", community=context.community.name),))]
