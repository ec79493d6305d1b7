CREATE TABLE watch (
  job_id TEXT NOT NULL,
  viewer TEXT NOT NULL,
  PRIMARY KEY (job_id, viewer)
) STRICT, WITHOUT ROWID;
INSERT INTO watch VALUES ('job_running', '1789999999000-viewer-2');
INSERT INTO watch VALUES ('job_running', '1790003600000-viewer-1');
INSERT INTO watch VALUES ('job_waiting', '1790003600000-viewer-1');
CREATE INDEX watch_by_viewer ON watch (viewer);
