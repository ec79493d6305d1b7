CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  document TEXT NOT NULL
) STRICT;
INSERT INTO state VALUES (1, '{"engine":"renderer-remotion","hosts":{"remotion.example":{"ask_ms":1790000008000,"failures":2,"failed_starts":0,"failing":false,"draining":false,"version":"","region":"","weight":1.0,"offers":{},"amounts":{}}}}');
CREATE TABLE ticket (
  job_id TEXT PRIMARY KEY,
  document TEXT NOT NULL,
  held INTEGER AS (json_extract(document, '$.granted_ms') IS NOT NULL),
  caller TEXT AS (coalesce(json_extract(document, '$.caller'), '')),
  needs TEXT AS (coalesce(json_extract(document, '$.needs'), '[]')),
  turn_ms INTEGER AS (
    json_extract(document, '$.since_ms')
    - 1000 * coalesce(json_extract(document, '$.head_start_s'), 0)
  ),
  running_max INTEGER AS (json_extract(document, '$.running_max'))
) STRICT, WITHOUT ROWID;
INSERT INTO ticket VALUES ('job_waiting', '{"job_id":"job_waiting","attempt":1,"caller":"","since_ms":1790000000000,"head_start_s":0,"request_id":"","needs":[],"wishes":[],"host":""}');
CREATE INDEX line ON ticket (held, caller, needs, turn_ms, job_id);
CREATE TABLE head (
  caller TEXT NOT NULL,
  needs TEXT NOT NULL,
  turn_ms INTEGER NOT NULL,
  job_id TEXT NOT NULL,
  running_max INTEGER,
  slots INTEGER NOT NULL,
  at_limit INTEGER AS (running_max IS NOT NULL AND slots >= running_max),
  PRIMARY KEY (caller, needs)
) STRICT, WITHOUT ROWID;
INSERT INTO head VALUES ('', '[]', 1790000000000, 'job_waiting', NULL, 0);
CREATE INDEX turn ON head (needs, at_limit, slots, turn_ms, job_id);
CREATE TRIGGER came AFTER INSERT ON ticket BEGIN 
  INSERT INTO head (caller, needs, turn_ms, job_id, running_max, slots)
    SELECT NEW.caller, NEW.needs, NEW.turn_ms, NEW.job_id, NEW.running_max, coalesce(
      (SELECT slots FROM head WHERE caller = NEW.caller LIMIT 1),
      (SELECT count(*) FROM ticket WHERE held = 1 AND caller = NEW.caller)
    ) WHERE NOT NEW.held
    ON CONFLICT (caller, needs) DO UPDATE SET
      turn_ms = excluded.turn_ms, job_id = excluded.job_id, running_max = excluded.running_max
      WHERE (excluded.turn_ms, excluded.job_id) < (head.turn_ms, head.job_id);
 UPDATE head SET slots = slots + 1 WHERE NEW.held AND caller = NEW.caller; END;
CREATE TRIGGER gone AFTER DELETE ON ticket BEGIN UPDATE head SET slots = slots - 1 WHERE OLD.held AND caller = OLD.caller; 
  DELETE FROM head WHERE caller = OLD.caller AND needs = OLD.needs AND job_id = OLD.job_id AND NOT EXISTS (SELECT 1 FROM ticket WHERE held = 0 AND caller = OLD.caller AND needs = OLD.needs);
  UPDATE head SET (turn_ms, job_id, running_max) = (
    SELECT turn_ms, job_id, running_max FROM ticket WHERE held = 0 AND caller = OLD.caller AND needs = OLD.needs
    ORDER BY turn_ms, job_id LIMIT 1
  ) WHERE caller = OLD.caller AND needs = OLD.needs AND job_id = OLD.job_id;
 END;
CREATE TRIGGER turned AFTER UPDATE ON ticket
  WHEN NOT (OLD.held AND NEW.held AND OLD.caller = NEW.caller)
BEGIN UPDATE head SET slots = slots - 1 WHERE OLD.held AND caller = OLD.caller; 
  DELETE FROM head WHERE caller = OLD.caller AND needs = OLD.needs AND job_id = OLD.job_id AND NOT EXISTS (SELECT 1 FROM ticket WHERE held = 0 AND caller = OLD.caller AND needs = OLD.needs);
  UPDATE head SET (turn_ms, job_id, running_max) = (
    SELECT turn_ms, job_id, running_max FROM ticket WHERE held = 0 AND caller = OLD.caller AND needs = OLD.needs
    ORDER BY turn_ms, job_id LIMIT 1
  ) WHERE caller = OLD.caller AND needs = OLD.needs AND job_id = OLD.job_id;
 
  INSERT INTO head (caller, needs, turn_ms, job_id, running_max, slots)
    SELECT NEW.caller, NEW.needs, NEW.turn_ms, NEW.job_id, NEW.running_max, coalesce(
      (SELECT slots FROM head WHERE caller = NEW.caller LIMIT 1),
      (SELECT count(*) FROM ticket WHERE held = 1 AND caller = NEW.caller)
    ) WHERE NOT NEW.held
    ON CONFLICT (caller, needs) DO UPDATE SET
      turn_ms = excluded.turn_ms, job_id = excluded.job_id, running_max = excluded.running_max
      WHERE (excluded.turn_ms, excluded.job_id) < (head.turn_ms, head.job_id);
 UPDATE head SET slots = slots + 1 WHERE NEW.held AND caller = NEW.caller; END;
