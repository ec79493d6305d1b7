CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_completed","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video","subtitles":"media/med_1/inputs/in_1/subtitles"},"options":{"bilingual":true,"style":{"fontSize":48}},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"status":"completed","progress":1.0,"attempts":[{"number":1,"token":"token-1","state":"ended","opened_ms":1790000000000,"waiting":false,"started_ms":1790000002000,"heartbeat_ms":1790000006000,"progress_ms":1790000006000,"ended_ms":1790000008000,"verdict":"completed","claims":{}}],"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000008000,"finished_ms":1790000008000,"outputs":{"video":{"key":"media/med_1/outputs/job_completed/1-1/video.mp4","size_bytes":7,"content_type":"video/mp4","etag":"9a0364b9e99bb480dd25e1f0284c8555"}},"event_seq":5,"told_ms":1790000005000,"next_entry_id":8,"outbox":[{"entry_id":5,"due_ms":1790000006000,"tries":0,"effect":{"kind":"tell_app","event":{"type":"job.event","event_id":"job_completed.1.4","event_seq":4,"job_id":"job_completed","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"attempt":1,"status":"uploading","phase":"verifying","progress":0.5,"cause":"done","at_ms":1790000006000,"ts":1790000006000,"nonce":"job_completed.1.4"},"progress_only":false},"dead":false},{"entry_id":7,"due_ms":1790000008000,"tries":0,"effect":{"kind":"tell_app","event":{"type":"job.event","event_id":"job_completed.1.5","event_seq":5,"job_id":"job_completed","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"attempt":1,"status":"completed","progress":1.0,"cause":"outputs verified","outputs":{"video":{"key":"media/med_1/outputs/job_completed/1-1/video.mp4","size_bytes":7,"content_type":"video/mp4","etag":"9a0364b9e99bb480dd25e1f0284c8555"}},"at_ms":1790000008000,"ts":1790000008000,"nonce":"job_completed.1.5"},"progress_only":false},"dead":false}]}');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO nonce VALUES ('nonce-0001', 1790000004000);
INSERT INTO nonce VALUES ('nonce-0002', 1790000006000);
