"""Who may say when a council can be asked: who surely belongs to it, and stewards."""

from datetime import date

from bot.actions import Changed
from bot.domain.directory import Organisation
from bot.domain.succession import heirs
from bot.errors import UserError
from bot.language.asking_back import organisation_meant
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from bot.words import Person, phrase

Ctx = Context[NoSettings]


async def council_of(context: Ctx, who: str, meant: Meaning) -> Organisation:
    """The council that this person may speak for: the one named, else their own. Raises UserError, with what to do."""
    if meant.organisation is not None:
        organisation = organisation_meant(context.names, meant.organisation).organisation
        if await speaks_for(context, who, organisation.id):
            return organisation
        raise UserError(phrase("availability.not_yours", organisation=organisation.label))
    belonging = await context.belonging(who)
    if belonging is None:
        raise UserError(phrase("availability.for_whom"))
    organisation = context.names.organisations[belonging.organisation_id]
    if not belonging.verified:
        raise UserError(phrase("availability.unverified", organisation=organisation.label))
    if ways := heirs(context.names.organisations, organisation):
        successors = [way[-1].label for way in ways]
        raise UserError(phrase("availability.abolished", organisation=organisation.label, successors=successors))
    return organisation


async def changeable(context: Ctx, who: str, meant: Meaning) -> Organisation:
    """The same, where what the settings say of the council may be changed by what is said."""
    organisation = await council_of(context, who, meant)
    if context.community.council(organisation.id).locked:
        stewards = [Person(steward) for steward in context.community.stewards]
        whom = stewards or phrase("availability.the_stewards")
        raise UserError(phrase("availability.locked", organisation=organisation.label, stewards=whom))
    return organisation


async def speaks_for(context: Ctx, who: str, organisation_id: str) -> bool:
    """Whether this person surely belongs to it, perhaps among others, or is a steward."""
    if context.community.is_steward(who) or who in context.community.council(organisation_id).people:
        return True
    return await context.surely_of(who) == organisation_id


async def today_of(context: Ctx, organisation_id: str) -> date:
    """The day it is where that council is, or the community."""
    calendar = await context.calendar(organisation_id)
    return context.now.astimezone(calendar.zone).date()


async def look_again(context: Ctx, organisation_id: str, what: str) -> list[Changed]:
    """What was promised in this council's name is to be looked at again, because of that."""
    promised = await context.memory.promises.to(organisation_id) if organisation_id else []
    return [Changed(request.id, what) for request in promised]
