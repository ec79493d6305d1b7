CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL,
  recent TEXT
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_second_generation","media_id":"med_1","engine":"burner-ffmpeg","generation":2,"inputs":{"video":"media/med_1/inputs/in_1/video","subtitles":"media/med_1/inputs/in_1/subtitles","subtitles-secondary":"media/med_1/inputs/in_1/subtitles-secondary"},"languages":{"subtitles":"zh-Hant","subtitles-secondary":"zh-Hant"},"options":{"bilingual":true,"style":{"fontSize":48}},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"caller":"caller-1","head_start_s":60,"running_max":4,"request_id":"request-00000000000000000000000000000002","status":"preparing","progress":0.0,"attempts":[{"number":1,"generation":1,"token":"token-1","host":"burner-1.example","first_host":"burner-1.example","state":"ended","opened_ms":1790000002000,"started_ms":1790000004000,"heartbeat_ms":1790000004000,"progress_ms":1790000004000,"ended_ms":1790000006000,"verdict":"failed","error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":false,"hints":["needs_cookies"],"tool_tail":"Conversion failed!"},"claims":{},"uploads":{}},{"number":2,"generation":2,"token":"token-2","host":"burner-1.example","first_host":"burner-1.example","state":"working","opened_ms":1790000010000,"started_ms":1790000012000,"heartbeat_ms":1790000012000,"progress_ms":1790000012000,"claims":{},"uploads":{}}],"created_ms":1790000000000,"queued_ms":1790000008000,"updated_ms":1790000012000,"outputs":{},"event_seq":5,"told_ms":1790000013000,"shown_ms":0,"watched_until_ms":0,"brief":false,"next_entry_id":11,"outbox":[]}', 'nonce-0001');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
