-- +goose Up
-- An account that its owner erased keeps its row, emptied: memberships and the
-- journal name its id.
ALTER TABLE account ADD COLUMN erased_at BIGINT;

-- What is kept of one person is looked for by these.
CREATE INDEX membership_account ON membership (account_id);
CREATE INDEX event_actor ON event (actor_id, at) WHERE actor_id IS NOT NULL;
CREATE INDEX watch_account ON watch (account_id);
CREATE INDEX watch_deleted ON watch (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX mailing_address ON mailing (address_key);
CREATE INDEX outbox_recipient ON outbox (lower(recipient));
