-- Instants are BIGINT: microseconds since 1970-01-01T00:00Z. Days are TEXT: ISO 8601. Flags are INTEGER 0/1.

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- One row a bot account: its device for ever, its token, and our own sync token (`since`), which moves
-- only in the transaction that also holds the events it brought.
CREATE TABLE account (
    user_id TEXT PRIMARY KEY,
    device_id TEXT NOT NULL,
    access_token TEXT NOT NULL,
    since TEXT
);

-- Who may sync, fire timers and send. A writer of an older epoch is refused.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE room (
    room_id TEXT PRIMARY KEY,
    membership TEXT NOT NULL CHECK (membership IN ('invite', 'join', 'leave')),
    direct INTEGER NOT NULL DEFAULT 0,
    members BIGINT NOT NULL DEFAULT 0,
    named INTEGER NOT NULL DEFAULT 0,
    inviter TEXT NOT NULL DEFAULT '',
    invite_event TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT ''
);

-- A hole in what we heard of a room: paged back from `token`; the room's later events wait for it.
CREATE TABLE gap (
    room_id TEXT NOT NULL,
    batch BIGINT NOT NULL,
    lowest BIGINT NOT NULL,
    token TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, batch)
);

-- Every event heard, once. Its content is dropped as soon as it is handled; its id stays.
CREATE TABLE inbox (
    event_id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'done', 'history', 'own', 'ignored', 'locked', 'bad')),
    batch BIGINT NOT NULL,
    place BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    content TEXT
);
CREATE INDEX inbox_new ON inbox (batch, place) WHERE state = 'new';
CREATE INDEX inbox_locked ON inbox (room_id) WHERE state = 'locked';

CREATE TABLE handled (
    cause TEXT NOT NULL,
    handler TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
    PRIMARY KEY (cause, handler)
);

-- What a Matrix event is about ("request:12"): the question, its card, the calls made for it.
CREATE TABLE subject (
    event_id TEXT PRIMARY KEY,
    subject TEXT NOT NULL
);

CREATE TABLE outbox (
    op_id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'edit', 'reaction', 'join', 'leave')),
    target TEXT NOT NULL DEFAULT '',
    content TEXT,
    fingerprint TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'superseded', 'dead')),
    priority BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    first_try_at BIGINT,
    created_at BIGINT NOT NULL,
    event_id TEXT,
    subject TEXT NOT NULL DEFAULT '',
    asked_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_waiting ON outbox (room_id, seq) WHERE state = 'waiting';
CREATE INDEX outbox_edits ON outbox (target) WHERE kind = 'edit';
CREATE UNIQUE INDEX outbox_event ON outbox (event_id);
CREATE INDEX outbox_asked ON outbox (asked_by, not_before);
CREATE INDEX outbox_replies ON outbox (room_id, not_before) WHERE asked_by <> '';

CREATE TABLE timer (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    due_at BIGINT NOT NULL,
    try_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX timer_try ON timer (try_at);

-- The register. Assertions are only ever added.
CREATE TABLE organisation (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    nation TEXT NOT NULL DEFAULT '',
    region TEXT NOT NULL DEFAULT '',
    website TEXT NOT NULL DEFAULT '',
    ended TEXT NOT NULL DEFAULT '',
    successor TEXT NOT NULL DEFAULT '',
    aliases TEXT NOT NULL DEFAULT '[]',
    other_ids TEXT NOT NULL DEFAULT '[]'
);

CREATE TABLE tool (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    repository TEXT NOT NULL DEFAULT '',
    licence TEXT NOT NULL DEFAULT '',
    website TEXT NOT NULL DEFAULT '',
    aliases TEXT NOT NULL DEFAULT '[]',
    added_at BIGINT NOT NULL
);
CREATE INDEX tool_added ON tool (added_at);

CREATE TABLE assertion (
    id TEXT PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    tool_id TEXT NOT NULL REFERENCES tool (id),
    relation TEXT NOT NULL CHECK (relation IN ('uses', 'maintains')),
    status TEXT NOT NULL CHECK (status IN ('evaluation', 'pilot', 'production', 'retired')),
    grade TEXT NOT NULL CHECK (grade IN ('confirmed', 'maintainer', 'imported', 'observed', 'unverified')),
    asserted_on TEXT NOT NULL,
    since TEXT NOT NULL DEFAULT '',
    said_by TEXT NOT NULL DEFAULT '',
    evidence_url TEXT NOT NULL DEFAULT '',
    said_at BIGINT,
    added_at BIGINT NOT NULL
);
CREATE INDEX assertion_tool ON assertion (tool_id, relation);
CREATE INDEX assertion_organisation ON assertion (organisation_id, relation);
CREATE INDEX assertion_added ON assertion (added_at);

CREATE TABLE person (
    user_id TEXT PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    verified INTEGER NOT NULL DEFAULT 0,
    said_at BIGINT NOT NULL
);
CREATE INDEX person_organisation ON person (organisation_id);

CREATE TABLE request (
    number BIGINT PRIMARY KEY,
    question_event TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL,
    thread TEXT NOT NULL DEFAULT '',
    asker TEXT NOT NULL,
    asker_organisation TEXT NOT NULL DEFAULT '',
    tool_id TEXT NOT NULL DEFAULT '',
    tool_name TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    claimer TEXT NOT NULL DEFAULT '',
    claimer_organisation TEXT NOT NULL DEFAULT '',
    answerer TEXT NOT NULL DEFAULT '',
    answerer_organisation TEXT NOT NULL DEFAULT '',
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    answered_at BIGINT,
    resolved_at BIGINT,
    ladder TEXT NOT NULL DEFAULT '',
    rung BIGINT NOT NULL DEFAULT 0,
    promise TEXT NOT NULL DEFAULT ''
);
CREATE INDEX request_open ON request (opened_at) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX request_opened ON request (opened_at);
CREATE INDEX request_answered ON request (answered_at);
CREATE INDEX request_claimer ON request (claimer_organisation) WHERE state = 'claimed';

-- Everything that happened to a request: who, what, when, why.
CREATE TABLE request_step (
    number BIGINT NOT NULL REFERENCES request (number),
    step BIGINT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (number, step)
);

-- Every call made to a council, so that the next is asked in turn.
CREATE TABLE call (
    number BIGINT NOT NULL REFERENCES request (number),
    rung BIGINT NOT NULL,
    organisation_id TEXT NOT NULL,
    person TEXT NOT NULL DEFAULT '',
    called_at BIGINT NOT NULL,
    PRIMARY KEY (number, rung, organisation_id)
);
CREATE INDEX call_organisation ON call (organisation_id, called_at);
