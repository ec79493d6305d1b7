CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL,
  recent TEXT
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_waiting","media_id":"med_1","engine":"renderer-remotion","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video","comments-data":"media/med_1/inputs/in_1/comments-data"},"languages":{},"options":{"template":"vertical"},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"caller":"caller-1","head_start_s":60,"running_max":4,"request_id":"request-00000000000000000000000000000001","status":"queued","progress":0.0,"attempts":[{"number":1,"generation":1,"token":"token-1","host":"","first_host":"","state":"waiting","opened_ms":1790000000000,"claims":{},"uploads":{}}],"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000000000,"outputs":{},"event_seq":1,"told_ms":1790000001000,"shown_ms":0,"watched_until_ms":0,"brief":false,"next_entry_id":3,"outbox":[]}', '');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
