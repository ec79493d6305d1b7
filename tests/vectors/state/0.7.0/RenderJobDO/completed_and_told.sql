CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL,
  recent TEXT
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_completed_and_told","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video","subtitles":"media/med_1/inputs/in_1/subtitles","subtitles-secondary":"media/med_1/inputs/in_1/subtitles-secondary"},"languages":{"subtitles":"zh-Hant","subtitles-secondary":"zh-Hant"},"options":{"bilingual":true,"style":{"fontSize":48}},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"caller":"caller-1","head_start_s":60,"running_max":4,"request_id":"request-00000000000000000000000000000001","status":"completed","progress":1.0,"attempts":[{"number":1,"generation":1,"token":"token-1","host":"burner-1.example","first_host":"burner-1.example","state":"ended","opened_ms":1790000002000,"started_ms":1790000004000,"heartbeat_ms":1790000007000,"progress_ms":1790000007000,"ended_ms":1790000009000,"verdict":"completed","claims":{},"uploads":{}}],"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000009000,"finished_ms":1790000009000,"outputs":{"video":{"key":"media/med_1/outputs/job_completed_and_told/1-1/video.mp4","size_bytes":7,"content_type":"video/mp4","etag":"9a0364b9e99bb480dd25e1f0284c8555","duration_ms":5000,"width":640,"height":360}},"event_seq":5,"told_ms":1790000010000,"shown_ms":0,"watched_until_ms":0,"brief":false,"next_entry_id":10,"outbox":[]}', 'nonce-0001 nonce-0002');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
