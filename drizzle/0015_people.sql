-- Whoever signs in as a person, not with a token.
CREATE TABLE people (
  person_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A member of a workspace is an account in tokens that belongs to a person, and whose secret nobody has: sessions,
-- limits and what is done by schedule go by it as they do by a token. The code before this file knows no
-- scope `manage`, so that a manager can do less there, and never more.
ALTER TABLE tokens ADD COLUMN person_id TEXT;
CREATE UNIQUE INDEX members_by_person ON tokens (person_id, owner_id) WHERE person_id IS NOT NULL AND revoked_ms IS NULL;
CREATE INDEX members_by_id ON tokens (token_id) WHERE person_id IS NOT NULL AND revoked_ms IS NULL;
CREATE INDEX members_by_owner ON tokens (owner_id, token_id) WHERE person_id IS NOT NULL AND revoked_ms IS NULL;

-- The hash of what the link carries. used_by: the member (tokens.token_id) that it has made.
CREATE TABLE invitations (
  invitation_id TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL UNIQUE,
  owner_id TEXT NOT NULL,
  role TEXT NOT NULL,
  note TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  used_ms INTEGER,
  used_by TEXT,
  revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_owner ON invitations (owner_id, invitation_id);

-- credential_id: base64url, of the authenticator's choice. public_key: a JSON Web Key.
CREATE TABLE passkeys (
  passkey_id TEXT PRIMARY KEY,
  credential_id TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL,
  name TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  public_key TEXT NOT NULL,
  sign_count INTEGER NOT NULL,
  transports TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_by_person ON passkeys (person_id, passkey_id);

-- A person at an OpenID provider.
CREATE TABLE identities (
  identity_id TEXT PRIMARY KEY,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  person_id TEXT NOT NULL,
  email TEXT,
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER,
  UNIQUE (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_person ON identities (person_id, identity_id);

-- The challenges and states that were answered, until they would have expired: none counts twice.
CREATE TABLE used_challenges (
  challenge_hash TEXT PRIMARY KEY,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_challenges_by_end ON used_challenges (expires_ms);
