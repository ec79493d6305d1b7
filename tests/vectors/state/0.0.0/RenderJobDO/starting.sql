CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_starting","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video","subtitles":"media/med_1/inputs/in_1/subtitles"},"options":{"bilingual":true,"style":{"fontSize":48}},"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"status":"queued","progress":0.0,"attempts":[{"number":1,"token":"token-1","state":"starting","opened_ms":1790000000000,"waiting":false,"claims":{}}],"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000000000,"outputs":{},"event_seq":1,"told_ms":1790000001000,"next_entry_id":3,"outbox":[{"entry_id":1,"due_ms":1790000062000,"tries":2,"effect":{"kind":"start_attempt","attempt":1},"last_error":"container: HTTP 502","dead":false}]}');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
