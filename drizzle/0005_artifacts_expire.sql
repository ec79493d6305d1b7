-- When a job's outputs were deleted by age, and when the sweeper tries again after it could not.
ALTER TABLE jobs ADD COLUMN artifacts_expired_ms INTEGER;
ALTER TABLE jobs ADD COLUMN artifacts_try_ms INTEGER;
CREATE INDEX jobs_to_expire ON jobs (finished_ms) WHERE outputs IS NOT NULL;

-- Which input an object of the bucket is.
CREATE INDEX inputs_by_object ON inputs (object_key);
