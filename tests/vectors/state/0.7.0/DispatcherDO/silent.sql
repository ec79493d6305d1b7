CREATE TABLE ticket (job_id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
INSERT INTO ticket VALUES ('job_waiting', '{"job_id":"job_waiting","attempt":1,"caller":"","since_ms":1790000000000,"head_start_s":0,"request_id":"","needs":[],"wishes":[],"host":""}');
CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  document TEXT NOT NULL
) STRICT;
INSERT INTO state VALUES (1, '{"engine":"renderer-remotion","hosts":{"remotion.example":{"ask_ms":1790000008000,"failures":2,"failed_starts":0,"failing":false,"draining":false,"version":"","region":"","weight":1.0,"offers":{}}}}');
