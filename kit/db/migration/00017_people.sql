-- +goose Up
-- An administrator asks an address to join the establishment. The token's hash is
-- written when the mail is composed. Each mail is a row: inviting again closes the
-- row before. It dies with the membership of whoever invited, or with its role.
CREATE TABLE invitation (
    id TEXT PRIMARY KEY,
    establishment_id TEXT NOT NULL REFERENCES establishment (id),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    role TEXT NOT NULL,
    inviter_id TEXT NOT NULL REFERENCES membership (id) ON DELETE CASCADE,
    token_hash TEXT UNIQUE,
    invited_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    closed_at BIGINT
);
CREATE INDEX invitation_establishment ON invitation (establishment_id, invited_at);
CREATE INDEX invitation_address ON invitation (address_key);
CREATE UNIQUE INDEX invitation_open ON invitation (establishment_id, address_key) WHERE accepted_at IS NULL AND closed_at IS NULL;

-- Somebody whom an establishment has not let in says that its administrator should
-- not be. The operator decides; outcome says what was decided.
CREATE TABLE dispute (
    id TEXT PRIMARY KEY,
    establishment_id TEXT NOT NULL REFERENCES establishment (id),
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    decided_at BIGINT,
    outcome TEXT NOT NULL
);
CREATE INDEX dispute_account ON dispute (account_id, establishment_id, opened_at);
CREATE UNIQUE INDEX dispute_open ON dispute (establishment_id, account_id) WHERE decided_at IS NULL;
