-- A store as schema version 1 left it, with statements that nobody had read.
BEGIN;
CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), instance TEXT NOT NULL,  stored INTEGER NOT NULL, dead_lettered INTEGER NOT NULL, cursor INTEGER NOT NULL);
CREATE TABLE event_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE person (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, first_seen INTEGER NOT NULL);
CREATE TABLE identity (id INTEGER PRIMARY KEY, distinct_id TEXT NOT NULL UNIQUE,  person_id INTEGER NOT NULL, first_seen INTEGER NOT NULL);
CREATE TABLE event (seq INTEGER PRIMARY KEY, name_id INTEGER NOT NULL, time INTEGER NOT NULL,  identity_id INTEGER NOT NULL, received INTEGER NOT NULL, source_id INTEGER NOT NULL,  flags INTEGER NOT NULL, value REAL, duration REAL, message_id TEXT, session_id TEXT,  other_ids TEXT, properties TEXT);
CREATE INDEX event_by_name ON event (name_id, time, identity_id);
CREATE TABLE dead_letter (seq INTEGER PRIMARY KEY, received INTEGER NOT NULL, reason TEXT NOT NULL,  event TEXT NOT NULL);
CREATE VIEW events AS SELECT e.seq,  coalesce (e.message_id, (SELECT instance FROM state) || '-' || printf ('%012x', e.seq)) AS id,  n.name AS event,  strftime ('%Y-%m-%dT%H:%M:%S', e.time / 1000000, 'unixepoch') ||    printf ('.%06dZ', e.time % 1000000) AS timestamp,  strftime ('%Y-%m-%dT%H:%M:%S', e.received / 1000000, 'unixepoch') ||    printf ('.%06dZ', e.received % 1000000) AS received,  (SELECT name FROM source WHERE id = e.source_id) AS source,  (SELECT distinct_id FROM identity WHERE id = e.identity_id) AS distinct_id,  CASE e.flags >> 1 & 3 WHEN 0 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)    END AS user_id,  CASE e.flags >> 1 & 3 WHEN 2 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)    ELSE e.other_ids ->> 'anonymous_id' END AS anonymous_id,  CASE e.flags >> 1 & 3 WHEN 3 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)    ELSE e.other_ids ->> 'device_id' END AS device_id,  e.session_id,  (SELECT p.uuid FROM identity AS i JOIN person AS p ON p.id = i.person_id WHERE i.id = e.identity_id)    AS person_id,  e.value, e.duration AS duration_ms, e.flags & 1 AS is_error,  coalesce (e.properties, '{}') AS properties, e.time AS time_us FROM event AS e JOIN event_name AS n ON n.id = e.name_id;
CREATE VIEW persons AS SELECT p.uuid AS id,  strftime ('%Y-%m-%dT%H:%M:%fZ', p.first_seen / 1000000.0, 'unixepoch') AS first_seen,  (SELECT json_group_array (i.distinct_id) FROM identity AS i WHERE i.person_id = p.id) AS distinct_ids FROM person AS p;
CREATE INDEX identity_by_person ON identity (person_id);
CREATE VIEW identities AS SELECT i.distinct_id, p.uuid AS person_id,  strftime ('%Y-%m-%dT%H:%M:%fZ', i.first_seen / 1000000.0, 'unixepoch') AS first_seen FROM identity AS i LEFT JOIN person AS p ON p.id = i.person_id;

INSERT INTO state VALUES (1, '01234567-89ab-8cde-8f01', 6, 0, 6);
INSERT INTO event_name VALUES (1, 'e'), (2, '$identify'), (3, '$alias');
INSERT INTO source VALUES (1, 'local');
INSERT INTO person VALUES (1, '94b6051d-944d-5738-8082-c668435e4f75', 1767268800000000), (2, '50c22009-4f5f-51c7-b626-16a1376a1fce', 1767268800000000), (3, 'fb5dc8e7-47bb-5667-99df-61a8ce6801ff', 1767268800000000), (4, 'eb1be68b-36dc-5373-b17c-ed45a6cdc540', 1767268800000000);
INSERT INTO identity VALUES (1, 'a1', 1, 1767268800000000), (2, 'u1', 2, 1767268800000000), (3, 'u2', 3, 1767268800000000), (4, 'u3', 4, 1767268800000000);
INSERT INTO event VALUES (1, 1, 1767268800000000, 1, 1767268800000000, 1, 4, NULL, NULL, NULL, NULL, NULL, '{"$set_once":{"plan":"pro"}}');
INSERT INTO event VALUES (2, 2, 1767268800000000, 2, 1767268800000000, 1, 0, NULL, NULL, NULL, NULL, '{"anonymous_id":"a1"}', '{"$set":{"name":"Ann"}}');
INSERT INTO event VALUES (3, 1, 1767268800000000, 1, 1767268800000000, 1, 4, NULL, NULL, NULL, NULL, NULL, '{"path":"/"}');
INSERT INTO event VALUES (4, 2, 1767268800000000, 3, 1767268800000000, 1, 0, NULL, NULL, NULL, NULL, '{"anonymous_id":"a1"}', NULL);
INSERT INTO event VALUES (5, 3, 1767268800000000, 4, 1767268800000000, 1, 0, NULL, NULL, NULL, NULL, '{"previous_id":"a2"}', NULL);
INSERT INTO event VALUES (6, 2, 1767268800000000, 2, 1767268800000000, 1, 0, NULL, NULL, NULL, NULL, '{"anonymous_id":"a1"}', NULL);
COMMIT;
PRAGMA application_id = 1464158546;
PRAGMA user_version = 1;
