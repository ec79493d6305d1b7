-- What the site says of a media's video: a JSON document (src/app/media/site.py), taken out of the
-- metadata of a download. NULL: nothing was downloaded into it.
ALTER TABLE media ADD COLUMN site TEXT;
