-- The id of the request that has made the job, or has started it again; null: made by older code.
ALTER TABLE jobs ADD COLUMN request_id TEXT;
