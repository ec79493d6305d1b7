-- Where a version of subtitles comes from (upload, site, transcript, translation, edit), and which
-- version it was made of. NULL: it is no subtitles, or code from before this wrote it.
ALTER TABLE inputs ADD COLUMN origin TEXT;
ALTER TABLE inputs ADD COLUMN parent_id TEXT;
UPDATE inputs SET origin = CASE WHEN instr(object_key, '/downloads/') > 0 THEN 'site' ELSE 'upload' END
 WHERE slot = 'subtitles' AND origin IS NULL;
