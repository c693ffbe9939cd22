-- What the homeserver says of a room: what the bot may do there, and whether others may see what is said in it
-- (anybody, or a whole space, may join, and it isn't encrypted). `threads` is a steward's word: 0 for replies only.
ALTER TABLE room ADD COLUMN may_pin INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN may_send INTEGER NOT NULL DEFAULT 1;
ALTER TABLE room ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN threads INTEGER NOT NULL DEFAULT 1;
ALTER TABLE room ADD COLUMN alias TEXT NOT NULL DEFAULT '';
ALTER TABLE room ADD COLUMN successor TEXT NOT NULL DEFAULT '';

-- More that can be sent or done; `edits` counts how often a message was changed. SQLite can't change a CHECK.
-- The edits' index stays until they are counted: without it, each message would be looked for among all of them.
ALTER TABLE outbox RENAME TO outbox_before;
DROP INDEX outbox_waiting;
DROP INDEX outbox_event;
DROP INDEX outbox_asked;
DROP INDEX outbox_replies;
CREATE TABLE outbox (
    op_id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (
        kind IN ('message', 'edit', 'reaction', 'redact', 'pin', 'unpin', 'fetch', 'join', 'leave')
    ),
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
    reason TEXT NOT NULL DEFAULT '',
    edits BIGINT NOT NULL DEFAULT 0
);
INSERT INTO outbox (op_id, room_id, seq, kind, target, content, fingerprint, state, priority, attempts, not_before,
    first_try_at, created_at, event_id, subject, asked_by, reason, edits)
    SELECT o.op_id, o.room_id, o.seq, o.kind, o.target, o.content, o.fingerprint, o.state, o.priority, o.attempts,
        o.not_before, o.first_try_at, o.created_at, o.event_id, o.subject, o.asked_by, o.reason,
        (SELECT COUNT(*) FROM outbox_before AS e WHERE e.kind = 'edit' AND e.target = o.op_id)
    FROM outbox_before AS o;
DROP TABLE outbox_before;
CREATE INDEX outbox_waiting ON outbox (room_id, seq) WHERE state = 'waiting';
CREATE INDEX outbox_edits ON outbox (target, state) WHERE kind = 'edit';
CREATE UNIQUE INDEX outbox_event ON outbox (event_id);
CREATE INDEX outbox_asked ON outbox (asked_by, not_before) WHERE asked_by <> '';
CREATE INDEX outbox_replies ON outbox (room_id, not_before) WHERE asked_by <> '';
CREATE INDEX outbox_dead ON outbox (op_id) WHERE state = 'dead';

-- `asked_in`: the room of the question, if it is another one than that in which the request lives (a direct chat,
-- a room since upgraded). `cards`: how many cards came before the present one and were taken away. `round` counts the
-- times it was put to the councils anew.
ALTER TABLE request ADD COLUMN asked_in TEXT NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN duplicate_of BIGINT;
ALTER TABLE request ADD COLUMN cards BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN round BIGINT NOT NULL DEFAULT 1;
CREATE INDEX request_of_room ON request (room_id, opened_at, state) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX request_of_asker ON request (asker) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX request_in_hand ON request (claimer) WHERE state IN ('claimed', 'waiting');
CREATE INDEX request_not_settled ON request (room_id) WHERE state = 'answered';
CREATE INDEX request_duplicates ON request (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- With all that is asked of them in the indexes, counting reads no request.
DROP INDEX request_open;
DROP INDEX request_claimer;
DROP INDEX request_tool;
CREATE INDEX request_open ON request (opened_at, state) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX request_claimer ON request (claimer_organisation, state) WHERE state = 'claimed';
CREATE INDEX request_tool ON request (tool_id, opened_at, answered_at);

-- A council may be called again for a request that was opened anew. `waiting`: the request is open; so that what a
-- council has in hand is found without looking at what it ever had.
ALTER TABLE call RENAME TO call_before;
DROP INDEX call_organisation;
CREATE TABLE call (
    number BIGINT NOT NULL REFERENCES request (number),
    round BIGINT NOT NULL DEFAULT 1,
    rung BIGINT NOT NULL,
    organisation_id TEXT NOT NULL,
    person TEXT NOT NULL DEFAULT '',
    called_at BIGINT NOT NULL,
    waiting INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (number, round, rung, organisation_id)
);
INSERT INTO call (number, rung, organisation_id, person, called_at, waiting)
    SELECT c.number, c.rung, c.organisation_id, c.person, c.called_at, CASE WHEN r.state = 'open' THEN 1 ELSE 0 END
    FROM call_before AS c JOIN request AS r ON r.number = c.number;
DROP TABLE call_before;
CREATE INDEX call_organisation ON call (organisation_id, called_at);
CREATE INDEX call_waiting ON call (organisation_id, called_at, number, waiting) WHERE waiting = 1;

-- The messages that answered a request, the direct chats of a person, and the questions that are over.
CREATE INDEX subject_answer ON subject (subject) WHERE substr(subject, 1, 7) = 'answer:';
CREATE INDEX room_inviter ON room (inviter);
CREATE INDEX question_expires ON question (expires_at);

-- Who wants to be told how a request goes on. `settled`: it won't, unless it is opened again.
CREATE TABLE watcher (
    number BIGINT NOT NULL REFERENCES request (number),
    user_id TEXT NOT NULL,
    since BIGINT NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, user_id)
);
CREATE INDEX watcher_person ON watcher (user_id, settled);

-- An answer that a council keeps under a name, to give it again: said in the one message, saved by the other.
CREATE TABLE saved_answer (
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    said_by TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    said_in TEXT NOT NULL,
    saved_in TEXT NOT NULL,
    PRIMARY KEY (organisation_id, name)
);
CREATE INDEX saved_answer_said ON saved_answer (said_in);
CREATE INDEX saved_answer_saved ON saved_answer (saved_in);

-- Where we offered something unasked, and until when we are quiet there.
CREATE TABLE quiet (
    place TEXT PRIMARY KEY,
    until BIGINT NOT NULL
);

-- What is to be fetched holds back what was said after it.
CREATE INDEX outbox_fetching ON outbox (room_id) WHERE state = 'waiting' AND kind = 'fetch';

-- The thread a question of ours was asked in: a bare word answers it only there.
ALTER TABLE question ADD COLUMN thread TEXT NOT NULL DEFAULT '';

-- To whom past answers were shown: what is taken back is taken back there, too.
CREATE TABLE shown_answer (
    past BIGINT NOT NULL REFERENCES request (number),
    number BIGINT NOT NULL REFERENCES request (number),
    PRIMARY KEY (past, number)
);
