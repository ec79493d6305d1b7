CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_unheard","media_id":"med_1","engine":"asr-pipeline","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video"},"languages":{},"options":{"vocabulary":["字幕''1''"]},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"caller":"caller-1","head_start_s":60,"running_max":4,"request_id":"request-00000000000000000000000000000001","status":"failed","progress":0.0,"attempts":[{"number":1,"generation":1,"token":"token-1","state":"ended","opened_ms":1790000002000,"started_ms":1790000004000,"heartbeat_ms":1790000004000,"progress_ms":1790000004000,"ended_ms":1790000006000,"verdict":"failed","error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":false,"hints":["needs_cookies"],"tool_tail":"Conversion failed!"},"claims":{},"uploads":{}}],"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000006000,"finished_ms":1790000006000,"error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":false,"hints":["needs_cookies"],"tool_tail":"Conversion failed!"},"outputs":{},"event_seq":3,"told_ms":1790000005000,"next_entry_id":8,"outbox":[{"entry_id":6,"due_ms":1790000006000,"tries":0,"effect":{"kind":"tell_app","event":{"type":"job.event","event_id":"job_unheard.1.3","event_seq":3,"job_id":"job_unheard","media_id":"med_1","engine":"asr-pipeline","generation":1,"attempt":1,"status":"failed","progress":0.0,"cause":"ffmpeg_failed","error":{"code":"ffmpeg_failed","message":"ffmpeg ended with status 1.","retryable":false,"hints":["needs_cookies"],"tool_tail":"Conversion failed!"},"at_ms":1790000006000,"ts":1790000006000,"nonce":"job_unheard.1.3"},"progress_only":false},"dead":false},{"entry_id":7,"due_ms":1790000006000,"tries":0,"effect":{"kind":"drop_checkpoint","generation":1},"dead":false}]}');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO nonce VALUES ('nonce-0001', 1790000006000);
