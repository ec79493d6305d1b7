CREATE TABLE sender (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  webhook_id TEXT NOT NULL
) STRICT;
INSERT INTO sender VALUES (1, 'whk_1');
