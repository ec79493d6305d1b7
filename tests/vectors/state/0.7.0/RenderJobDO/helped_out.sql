CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL,
  recent TEXT
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_helped_out","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video","subtitles":"media/med_1/inputs/in_1/subtitles","subtitles-secondary":"media/med_1/inputs/in_1/subtitles-secondary"},"languages":{"subtitles":"zh-Hant","subtitles-secondary":"zh-Hant"},"options":{"bilingual":true,"style":{"fontSize":48}},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"caller":"caller-1","head_start_s":60,"running_max":4,"request_id":"request-00000000000000000000000000000001","helps":{"job_id":"job_shared","attempt":1,"plan":{"kit":"kit-1","count":4,"document":{}}},"status":"failed","progress":0.0,"attempts":[{"number":1,"generation":1,"token":"token-1","host":"burner-1.example","first_host":"burner-1.example","state":"ended","opened_ms":1790000002000,"started_ms":1790000004000,"heartbeat_ms":1790000004000,"progress_ms":1790000004000,"ended_ms":1790000005000,"verdict":"failed","error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":false,"hints":["needs_cookies"],"tool_tail":"Conversion failed!"},"claims":{},"uploads":{}}],"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000005000,"finished_ms":1790000005000,"error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":false,"hints":["needs_cookies"],"tool_tail":"Conversion failed!"},"outputs":{},"event_seq":3,"told_ms":0,"shown_ms":0,"watched_until_ms":0,"brief":false,"next_entry_id":5,"outbox":[{"entry_id":3,"due_ms":1790000005000,"tries":0,"effect":{"kind":"release_slot","attempt":1},"dead":false},{"entry_id":4,"due_ms":1790000005000,"tries":0,"effect":{"kind":"tell_leader"},"dead":false}]}', 'nonce-0001');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
