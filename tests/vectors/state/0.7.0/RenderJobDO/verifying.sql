CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_verifying","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video","subtitles":"media/med_1/inputs/in_1/subtitles","subtitles-secondary":"media/med_1/inputs/in_1/subtitles-secondary"},"languages":{"subtitles":"zh-Hant","subtitles-secondary":"zh-Hant"},"options":{"bilingual":true,"style":{"fontSize":48}},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"caller":"caller-1","head_start_s":60,"running_max":4,"request_id":"request-00000000000000000000000000000001","status":"uploading","phase":"verifying","progress":0.9,"attempts":[{"number":1,"generation":1,"token":"token-1","state":"verifying","opened_ms":1790000002000,"started_ms":1790000004000,"heartbeat_ms":1790000008000,"progress_ms":1790000008000,"claims":{"video":{"key":"media/med_1/outputs/job_verifying/1-1/video.mp4","size_bytes":20971520,"content_type":"video/mp4","part_etags":["etag-1","etag-2","etag-3"],"duration_ms":5000}},"uploads":{"video":{"key":"media/med_1/outputs/job_verifying/1-1/video.mp4","upload_id":"r2-upload-1","size_bytes":20971520,"part_bytes":8388608}}}],"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000008000,"outputs":{},"event_seq":4,"told_ms":1790000007000,"shown_ms":0,"watched_until_ms":0,"brief":false,"next_entry_id":8,"outbox":[{"entry_id":6,"due_ms":1790000008000,"tries":0,"effect":{"kind":"tell_app","event":{"type":"job.event","event_id":"job_verifying.1.4","event_seq":4,"job_id":"job_verifying","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"attempt":1,"status":"uploading","phase":"verifying","progress":0.9,"cause":"done","at_ms":1790000008000,"ts":1790000008000,"nonce":"job_verifying.1.4"},"progress_only":false},"dead":false},{"entry_id":7,"due_ms":1790000008000,"tries":0,"effect":{"kind":"verify_outputs","attempt":1},"dead":false}]}');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO nonce VALUES ('nonce-0001', 1790000006000);
INSERT INTO nonce VALUES ('nonce-0002', 1790000008000);
