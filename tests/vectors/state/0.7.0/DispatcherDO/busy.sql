CREATE TABLE ticket (job_id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
INSERT INTO ticket VALUES ('job_given_up', '{"job_id":"job_given_up","attempt":1,"caller":"caller-1","since_ms":1790000000000,"head_start_s":0,"request_id":"request-of-job_given_up","needs":[],"wishes":[],"host":"burner-2.example","granted_ms":1790000003000,"check_ms":1790000603000}');
INSERT INTO ticket VALUES ('job_running', '{"job_id":"job_running","attempt":1,"caller":"caller-1","since_ms":1790000000000,"head_start_s":0,"request_id":"request-of-job_running","needs":[],"wishes":[],"host":"burner-1.example","granted_ms":1790000004000,"check_ms":1790000604000}');
INSERT INTO ticket VALUES ('job_submitted', '{"job_id":"job_submitted","attempt":1,"caller":"caller-1","since_ms":1790000000000,"head_start_s":60,"running_max":4,"request_id":"request-of-job_submitted","needs":[],"wishes":[],"host":""}');
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  document TEXT NOT NULL
) STRICT;
INSERT INTO state VALUES (1, '{"engine":"burner-ffmpeg","hosts":{"burner-1.example":{"capacity":2,"ask_ms":1790000300000,"failures":0,"failed_starts":0,"failing":false,"draining":false,"version":"0.7.0","region":"","weight":1.0,"offers":{}},"burner-2.example":{"ask_ms":1790000005000,"failures":0,"failed_starts":0,"failing":false,"draining":false,"version":"0.7.0","region":"","weight":1.0,"offers":{}}},"mean_run_ms":90000}');
