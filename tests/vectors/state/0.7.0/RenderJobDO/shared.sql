CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  document TEXT NOT NULL,
  recent TEXT
) STRICT;
INSERT INTO job VALUES (1, 1, '{"version":1,"job_id":"job_shared","media_id":"med_1","engine":"burner-ffmpeg","generation":1,"inputs":{"video":"media/med_1/inputs/in_1/video","subtitles":"media/med_1/inputs/in_1/subtitles","subtitles-secondary":"media/med_1/inputs/in_1/subtitles-secondary"},"languages":{"subtitles":"zh-Hant","subtitles-secondary":"zh-Hant"},"options":{"bilingual":true,"style":{"fontSize":48}},"source_pixels":8294400,"clocks":{"queue_ms":21600000,"start_ms":120000,"heartbeat_ms":45000,"no_progress_ms":900000,"total_ms":43200000},"max_attempts":2,"caller":"caller-1","head_start_s":60,"running_max":4,"request_id":"request-00000000000000000000000000000001","status":"running","phase":"running","progress":0.5,"attempts":[{"number":1,"generation":1,"token":"token-1","host":"burner-1.example","first_host":"burner-1.example","state":"working","opened_ms":1790000002000,"started_ms":1790000004000,"heartbeat_ms":1790000006000,"progress_ms":1790000006000,"claims":{},"uploads":{},"sharing":{"plan":{"kit":"kit-1","count":4,"document":{"cuts":[100,200,300]}},"pieces":[{"by":"leader","made":false,"given":[]},{"by":"","made":false,"given":[]},{"by":"","made":false,"given":[]},{"by":"help_985df58d4d09b772e402112cc9","made":true,"given":["help_985df58d4d09b772e402112cc9"]}],"helpers":{"help_985df58d4d09b772e402112cc9":true,"help_f396cf104b18b01c4cc92717c6":true},"called_ms":0}}],"created_ms":1790000000000,"queued_ms":1790000000000,"updated_ms":1790000006000,"outputs":{},"event_seq":3,"told_ms":1790000007000,"shown_ms":0,"watched_until_ms":0,"brief":false,"next_entry_id":8,"outbox":[{"entry_id":6,"due_ms":1790000008000,"tries":0,"effect":{"kind":"start_helper","attempt":1,"helper":"help_f396cf104b18b01c4cc92717c6"},"dead":false},{"entry_id":7,"due_ms":1790000008000,"tries":0,"effect":{"kind":"call_helpers","attempt":1},"dead":false}]}', 'nonce-0001');
CREATE TABLE nonce (
  nonce TEXT PRIMARY KEY,
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
