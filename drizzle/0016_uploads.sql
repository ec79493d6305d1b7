-- The upload that a media was made for, until that is complete: such a media is in no list, and goes with
-- the upload. NULL: it stands for itself.
ALTER TABLE media ADD COLUMN upload_id TEXT;
-- How long a version of a video is. NULL: nobody has said it.
ALTER TABLE inputs ADD COLUMN duration_ms INTEGER;
