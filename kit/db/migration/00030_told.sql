-- +goose Up
-- What a mail said of a notice to its reader, so that what has changed since can be
-- told, old and new; and since when they have asked to hear of everything
-- (« Suivre cette consultation »).
ALTER TABLE told ADD COLUMN stated TEXT NOT NULL DEFAULT '';
ALTER TABLE told ADD COLUMN followed_at BIGINT;
CREATE INDEX told_notice ON told (notice_id);

-- Whether the notice is in the mail as it was sent; and, of a mail about changes, what
-- its reader knew before.
ALTER TABLE mailing_item ADD COLUMN said BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE mailing_item ADD COLUMN known TEXT NOT NULL DEFAULT '';

-- The watches that a message is for: what an establishment's log is read from.
CREATE TABLE mailing_watch (
    watch_id TEXT NOT NULL,
    mailing_id TEXT NOT NULL REFERENCES mailing (id),
    PRIMARY KEY (watch_id, mailing_id)
);
CREATE INDEX mailing_watch_mailing ON mailing_watch (mailing_id);
INSERT INTO mailing_watch (watch_id, mailing_id)
    SELECT DISTINCT w.id, i.mailing_id FROM mailing_item i JOIN watch w ON ',' || i.watches || ',' LIKE '%,' || w.id || ',%';

-- An address that was written to often enough that day is asked once it may be again.
ALTER TABLE watch_recipient ADD COLUMN withheld BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX watch_recipient_withheld ON watch_recipient (asked_at) WHERE withheld;
CREATE INDEX watch_recipient_failed ON watch_recipient (address_key) WHERE failed_at IS NOT NULL AND removed_at IS NULL;
