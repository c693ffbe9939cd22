"""All that is remembered, as one transaction sees it."""

from bot.store.answers import Answers
from bot.store.availability import Availability
from bot.store.contacts import Contacts
from bot.store.database import Connection
from bot.store.digests import Digests
from bot.store.facts import Facts
from bot.store.gaps import Gaps
from bot.store.held_back import HeldBack
from bot.store.inbox import Inbox
from bot.store.measures import Measures
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.promises import Promises
from bot.store.questions import Questions
from bot.store.register import Register
from bot.store.requests import Requests
from bot.store.rooms import Rooms
from bot.store.saved_answers import SavedAnswers
from bot.store.secrets import Secrets
from bot.store.timers import Timers
from bot.store.verifications import Verifications
from bot.store.watchers import Watchers


class Memory:
    """The tables by family; what is done through it is committed or undone with its transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.answers = Answers(connection)
        self.availability = Availability(connection)
        self.contacts = Contacts(connection)
        self.digests = Digests(connection)
        self.facts = Facts(connection)
        self.gaps = Gaps(connection)
        self.held_back = HeldBack(connection)
        self.inbox = Inbox(connection)
        self.measures = Measures(connection)
        self.outbox = Outbox(connection)
        self.people = People(connection)
        self.promises = Promises(connection)
        self.questions = Questions(connection)
        self.register = Register(connection)
        self.requests = Requests(connection)
        self.rooms = Rooms(connection)
        self.saved_answers = SavedAnswers(connection)
        self.secrets = Secrets(connection)
        self.timers = Timers(connection)
        self.verifications = Verifications(connection)
        self.watchers = Watchers(connection)
