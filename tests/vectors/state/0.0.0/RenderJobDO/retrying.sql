CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_retrying","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video","subtitles":"media/med_1/inputs/in_1/subtitles"},"options":{"bilingual":true,"style":{"fontSize":48}},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"status":"queued","phase":"retrying","progress":0.0,"attempts":[{"number":1,"token":"token-1","state":"ended","opened_ms":1790000000000,"waiting":false,"started_ms":1790000002000,"heartbeat_ms":1790000002000,"progress_ms":1790000002000,"ended_ms":1790000004000,"verdict":"failed","error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":true},"claims":{}}],"retry_at_ms":1790000008422,"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000004000,"error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":true},"outputs":{},"event_seq":3,"told_ms":1790000003000,"next_entry_id":5,"outbox":[{"entry_id":4,"due_ms":1790000004000,"tries":0,"effect":{"kind":"tell_app","event":{"type":"job.event","event_id":"job_retrying.1.3","event_seq":3,"job_id":"job_retrying","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"attempt":1,"status":"queued","phase":"retrying","progress":0.0,"cause":"ffmpeg_failed","error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":true},"at_ms":1790000004000,"ts":1790000004000,"nonce":"job_retrying.1.3"},"progress_only":false},"dead":false}]}');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO nonce VALUES ('nonce-0001', 1790000004000);
