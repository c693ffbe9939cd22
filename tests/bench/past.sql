-- Placeholders in braces are filled in by past.py. `n` is a request's number; `h` scatters ids as a homeserver does;
-- `r` stands for chance; `past` is 0 of those still open; `told` is 1 of those that were answered.
CREATE TEMPORARY TABLE made AS
WITH RECURSIVE
    numbers (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {past} + {open}),
    tools (place, tool_id, tool_name) AS (VALUES {tools}),
    rooms (place, room_id) AS (VALUES {rooms}),
    mixed AS (
        SELECT n, 1000000000000 + n * 2654435761 % 4294967296 AS h, n * 7919 % 1000003 AS r,
            CASE WHEN n <= {past} THEN 1 ELSE 0 END AS past
        FROM numbers
    ),
    lived AS (
        SELECT n, h, r, past, (r % 40) * (r / 40 % 40) / 40 AS tool,
            CASE WHEN past = 1 THEN {now} - ({years} * 365 * {day} / ({past} + 1)) * ({past} + 1 - n)
                ELSE {now} - (60 * {day} / {open}) * ({past} + {open} + 1 - n) END AS at,
            CASE WHEN past = 1 THEN n % {room_count} WHEN n - {past} <= {in_biggest} THEN 0
                ELSE 1 + n % ({room_count} - 1) END AS room,
            CASE WHEN past = 0 AND n % 10 < 5 THEN 'open' WHEN past = 0 AND n % 10 < 8 THEN 'claimed'
                WHEN past = 0 THEN 'waiting' WHEN r / 3 % 100 < 78 THEN 'resolved' WHEN r / 3 % 100 < 84 THEN 'withdrawn'
                WHEN r / 3 % 100 < 88 THEN 'duplicate' ELSE 'lapsed' END AS state
        FROM mixed
    )
SELECT n, h, r, past, at, tool_id, tool_name, room_id,
    CASE WHEN state = 'resolved' AND at > {now} - 5 * {day} THEN 'answered' ELSE state END AS state,
    CASE WHEN state = 'resolved' THEN 1 ELSE 0 END AS told,
    '@person' || (r % {askers}) || ':example.org' AS asker,
    'body:' || (r % {councils}) AS asked_for,
    '@person' || ((tool + 20 * (r % 3)) % {councils} + {councils} * (r % 5)) || ':example.org' AS helper,
    'body:' || ((tool + 20 * (r % 3)) % {councils}) AS council
FROM lived JOIN tools ON tools.place = tool JOIN rooms ON rooms.place = room;

-- In the order of their ids, rows go in fast.
CREATE TEMPORARY TABLE scattered AS SELECT * FROM made ORDER BY h;

CREATE TEMPORARY TABLE spoken AS
SELECT 'a' AS mark, 'by_word' AS handler, 'talk' AS about UNION ALL SELECT 'b', 'listen', 'answer'
UNION ALL SELECT 'q', 'help_wanted', 'request';

CREATE TEMPORARY TABLE steps AS
SELECT 1 AS step, 'opened' AS what UNION ALL SELECT 2, 'called' UNION ALL SELECT 3, 'take'
UNION ALL SELECT 4, 'answer' UNION ALL SELECT 5, 'resolve';

CREATE TEMPORARY TABLE rungs AS SELECT 0 AS rung UNION ALL SELECT 1;

INSERT INTO request (number, question_event, room_id, asker, asker_organisation, tool_id, tool_name, text, language,
    state, claimer, claimer_organisation, answerer, answerer_organisation, opened_at, changed_at, answered_at,
    resolved_at, ladder, rung, promise, kind, answer, answer_event)
SELECT n, '$q' || h, room_id, asker, asked_for, tool_id, tool_name, 'number ' || n || ' {words}', 'en', state,
    CASE WHEN told = 1 OR state IN ('claimed', 'waiting') THEN helper ELSE '' END,
    CASE WHEN told = 1 OR state IN ('claimed', 'waiting') THEN council ELSE '' END,
    CASE WHEN told = 1 THEN helper ELSE '' END, CASE WHEN told = 1 THEN council ELSE '' END, at, at + {hour},
    CASE WHEN told = 1 THEN at + {hour} * (1 + r % 20) END, CASE WHEN state = 'resolved' THEN at + {day} END,
    '{ladder}', r % 3, CASE WHEN past = 0 THEN '{promise}' ELSE '' END,
    CASE WHEN n % 20 = 0 THEN 'check' ELSE 'help' END,
    CASE WHEN told = 1 THEN '{words}' ELSE '' END, CASE WHEN told = 1 THEN '$b' || h ELSE '' END
FROM made ORDER BY n;

INSERT INTO request_step (number, step, at, who, what)
SELECT n, step, at + step * {hour}, asker, what FROM made CROSS JOIN steps WHERE told = 1 OR step < 3
ORDER BY n, step;

INSERT INTO call (number, rung, organisation_id, person, called_at, waiting)
SELECT n, rung, council, helper, at + (rung + 1) * 4 * {hour}, CASE WHEN state = 'open' THEN 1 ELSE 0 END FROM made CROSS JOIN rungs
WHERE n % 5 < 3 AND (rung = 0 OR n % 4 = 0) ORDER BY n, rung;

-- One person watches more than all others.
INSERT INTO watcher (number, user_id, since, settled)
SELECT n, '@person' || (CASE WHEN past = 1 AND n % 30 = 0 THEN 1 ELSE n % {askers} END) || ':example.org', at,
    CASE WHEN state IN ('open', 'claimed', 'waiting', 'answered') THEN 0 ELSE 1 END
FROM made WHERE n % 10 = 0 ORDER BY n;

INSERT INTO fact (id, tool_id, topic, claim, text, source, stated_on, answer_event, added_at)
SELECT 'fact' || h, tool_id, 'other', 'claim ' || n / 60 % 12, '{words}', council, '2025-01-01', '$b' || h, at
FROM scattered WHERE told = 1 AND n % 60 = 0;

INSERT INTO inbox (event_id, room_id, sender, state, batch, place, received_at)
SELECT '$' || mark || h, room_id, CASE WHEN mark = 'q' THEN asker ELSE helper END, 'done', n, 0, at
FROM spoken CROSS JOIN scattered WHERE told = 1 OR mark IN ('q', 'a');

INSERT INTO handled (cause, handler, outcome)
SELECT '$' || mark || h, 'requests.' || handler, 'done'
FROM spoken CROSS JOIN scattered WHERE told = 1 OR mark IN ('q', 'a');

INSERT INTO subject (event_id, subject)
SELECT '$' || mark || h, about || ':' || n FROM spoken CROSS JOIN scattered WHERE told = 1 OR mark IN ('q', 'a');
INSERT INTO subject (event_id, subject) SELECT '$k' || h, 'request:' || n FROM scattered;

-- Of each a card and its edit, a confirmation, the call, and how the board of its room changed.
INSERT INTO outbox (op_id, room_id, seq, kind, target, fingerprint, state, not_before, created_at, event_id, subject,
    asked_by)
SELECT op, CASE WHEN mark = 'z' THEN '{maintainers}' ELSE room_id END, n, kind, target,
    '0123456789abcdef0123456789abcdef', 'sent', at, at, '$' || mark || h, 'request:' || n, asked_by
FROM (
    SELECT 'z' AS mark, 'escalation:call:$q' || h AS op, 'message' AS kind, '' AS target, '' AS asked_by, s.*
        FROM scattered AS s WHERE n % 5 < 3
    UNION ALL SELECT 'w', 'requests.by_word:$a' || h || ':0', 'message', '', helper, s.*
        FROM scattered AS s WHERE told = 1
    UNION ALL SELECT 'y', 'requests:board:' || room_id || '~' || n || '~board', 'edit', 'requests:board:' || room_id,
        '', s.* FROM made AS s
    UNION ALL SELECT 'k', 'requests:card:$q' || h, 'message', '', '', s.* FROM scattered AS s
    UNION ALL SELECT 'e', 'requests:card:$q' || h || '~1~$a' || h, 'edit', 'requests:card:$q' || h, '', s.*
        FROM scattered AS s
) AS said;
INSERT INTO outbox (op_id, room_id, seq, kind, state, created_at, event_id, edits)
SELECT 'requests:board:' || room_id, room_id, 0, 'message', 'sent', MIN(at), '$board' || room_id, COUNT(*)
FROM made GROUP BY room_id;

INSERT INTO timer (key, kind, subject, due_at, try_at)
SELECT 'patience:' || n, 'patience', 'request:' || n, {now} + 20 * {day} + n, {now} + 20 * {day} + n
FROM made WHERE past = 0;
INSERT INTO timer (key, kind, subject, due_at, try_at)
SELECT 'rung:' || n, 'rung', 'request:' || n, {now} + 20 * {day} + n, {now} + 20 * {day} + n
FROM made WHERE state = 'open';

INSERT INTO question (key, plugin, kind, subject, room_id, person, options, asked_at, expires_at, origin, asker)
SELECT 'requests:before:$q' || h, 'requests', 'answered_before', n || ' 1', room_id, asker, '{options}', at,
    {now} + 14 * {day}, '$q' || h, asker
FROM made WHERE past = 0 AND n % 5 = 0;

INSERT INTO counter (name, value)
VALUES ('request', {past} + {open}), ('outbox', {past} + {open}), ('batch', {past} + {open});

DROP TABLE made;
DROP TABLE scattered;
DROP TABLE spoken;
DROP TABLE steps;
DROP TABLE rungs;
