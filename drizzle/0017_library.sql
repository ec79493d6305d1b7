-- When a media was put into the trash, where no list shows it; NULL: it is not there. The cron deletes it for good
-- some days later (src/app/media/library.py).
ALTER TABLE media ADD COLUMN trashed_ms INTEGER;
CREATE INDEX media_in_trash ON media (trashed_ms) WHERE trashed_ms IS NOT NULL;
CREATE INDEX media_in_trash_by_owner ON media (owner_id, media_id) WHERE trashed_ms IS NOT NULL;
-- The library by title.
CREATE INDEX media_by_title ON media (lower(title), media_id);
CREATE INDEX media_by_owner_and_title ON media (owner_id, lower(title), media_id);

-- Short names that a workspace gives to its media.
CREATE TABLE media_tags (
  media_id TEXT NOT NULL REFERENCES media (media_id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  PRIMARY KEY (media_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_tags_by_tag ON media_tags (tag, media_id);
CREATE INDEX media_tags_by_owner ON media_tags (owner_id, tag, media_id);
