-- When a council can be asked, as somebody of it said in chat; what the settings say is not kept here.
CREATE TABLE availability (
    organisation_id TEXT PRIMARY KEY REFERENCES organisation (id),
    hours TEXT NOT NULL DEFAULT '',
    at_most BIGINT,
    said_by TEXT NOT NULL,
    said_at BIGINT NOT NULL
);

-- A council's own closed days, first to last; `said_in` is the message, which takes them back when it is taken back.
CREATE TABLE closed_days (
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_in TEXT NOT NULL,
    PRIMARY KEY (organisation_id, first_day, last_day)
);
CREATE INDEX closed_days_said_in ON closed_days (said_in);

-- The days on which a person is away, first to last; '' as the last day: until they say that they are back.
CREATE TABLE away (
    user_id TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    said_in TEXT NOT NULL,
    PRIMARY KEY (user_id, first_day)
);
CREATE INDEX away_said_in ON away (said_in);

-- Tools about which a council doesn't want to be asked, though it uses or maintains them.
CREATE TABLE not_asked (
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    tool_id TEXT NOT NULL REFERENCES tool (id),
    said_by TEXT NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, tool_id)
);

-- A council's calendar as it was when promises were last made by it: when it changes, they are looked at again.
CREATE TABLE calendar_seen (
    organisation_id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL
);

-- `promised_to`: a council's id, or the kind of rung whose councils are asked all together. The present rung's time is
-- counted from `rung_since`. The first response (an answer, or a question back by whoever knows the tool) and the
-- target it was held to are in seconds of the community's working time, without the request's breaks; `respond_by` is
-- when that time is up: not known while the clock stands still before it.
ALTER TABLE request ADD COLUMN promised_to TEXT NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN promised_at BIGINT;
ALTER TABLE request ADD COLUMN rung_since BIGINT;
ALTER TABLE request ADD COLUMN responded_at BIGINT;
ALTER TABLE request ADD COLUMN response_seconds BIGINT;
ALTER TABLE request ADD COLUMN target_seconds BIGINT;
ALTER TABLE request ADD COLUMN respond_by BIGINT;
CREATE INDEX request_promised ON request (promised_to, promised_at) WHERE state = 'open' AND promised_to <> '';
CREATE INDEX request_promised_number ON request (promised_to, number) WHERE state = 'open' AND promised_to <> '';
CREATE INDEX request_respond_by ON request (respond_by, tool_id, state, response_seconds, target_seconds)
    WHERE respond_by IS NOT NULL;
CREATE INDEX request_respond_by_tool ON request (tool_id, respond_by, state, response_seconds, target_seconds)
    WHERE respond_by IS NOT NULL;
UPDATE request SET responded_at = answered_at WHERE answered_at IS NOT NULL;

-- The times during which a request's clock stood still: it waited for the asker, or was answered. The last may be open.
CREATE TABLE clock_break (
    number BIGINT NOT NULL REFERENCES request (number),
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (number, began_at)
);

-- What came of a call: '' nothing yet, 'taken', 'passed', 'answered', 'silent' (the next was asked), 'overtaken' (it was
-- settled without them), 'refused' (the homeserver wouldn't have it), 'given back' (no call: it took it unasked).
-- `response_seconds`: of the council's own working time. `repeats`: how often the ladder began again because nobody had
-- answered at its end.
ALTER TABLE call ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE call ADD COLUMN response_seconds BIGINT;
ALTER TABLE request ADD COLUMN repeats BIGINT NOT NULL DEFAULT 0;
CREATE INDEX call_outcome ON call (organisation_id, called_at, outcome, response_seconds) WHERE outcome <> '';

-- Timers whose handler failed, for the audit.
CREATE INDEX timer_failing ON timer (due_at) WHERE attempts > 0;

-- One issue of a digest: an edition's week. Told once, ever.
CREATE TABLE digest (
    edition TEXT NOT NULL,
    week TEXT NOT NULL,
    room_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'skipped', 'published')),
    due_at BIGINT NOT NULL,
    introduction TEXT NOT NULL DEFAULT '',
    introduced_by TEXT NOT NULL DEFAULT '',
    published_at BIGINT,
    title TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT '',
    formatted_body TEXT NOT NULL DEFAULT '',
    figures TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (edition, week)
);
CREATE INDEX digest_published ON digest (published_at) WHERE state = 'published';

-- People and organisations who don't want to be named in a digest.
CREATE TABLE left_out (
    who TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);
