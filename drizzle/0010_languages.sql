-- The language of a version of subtitles (BCP 47). NULL: nobody has said it.
ALTER TABLE inputs ADD COLUMN language TEXT;
