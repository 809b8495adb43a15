-- +goose Up
-- Under which names and numbers a buyer was seen, how often, and between which days of
-- publication: kind is 'name' (as written) or 'number' (a valid SIRET or SIREN).
CREATE TABLE buyer_sighting (
    buyer_id TEXT NOT NULL REFERENCES buyer (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    seen BIGINT NOT NULL,
    first_on TEXT NOT NULL,
    last_on TEXT NOT NULL,
    PRIMARY KEY (buyer_id, kind, value)
);
INSERT INTO buyer_sighting (buyer_id, kind, value, seen, first_on, last_on)
    SELECT n.buyer_id, 'name', n.buyer_name, count(*), min(n.published_on), max(n.published_on)
    FROM notice n JOIN buyer b ON b.id = n.buyer_id WHERE n.buyer_name <> '' AND length(n.buyer_name) <= 300 GROUP BY n.buyer_id, n.buyer_name;
INSERT INTO buyer_sighting (buyer_id, kind, value, seen, first_on, last_on)
    SELECT DISTINCT a.buyer_id, 'name', a.name, 1, '', '' FROM buyer_alias a WHERE a.name <> ''
    ON CONFLICT DO NOTHING;
INSERT INTO buyer_sighting (buyer_id, kind, value, seen, first_on, last_on)
    SELECT b.id, 'number', b.siren, 1, '', '' FROM buyer b WHERE b.siren IS NOT NULL;

-- Which buyer one is now one with, by the operator's decision: the last of the chain.
-- Notices and watches keep the buyer that they named; readers follow this.
ALTER TABLE buyer ADD COLUMN merged_into TEXT;
CREATE INDEX buyer_merged_into ON buyer (merged_into) WHERE merged_into IS NOT NULL;
-- The decisions themselves. One that was undone stays.
CREATE TABLE buyer_merge (
    id TEXT PRIMARY KEY,
    gone_id TEXT NOT NULL REFERENCES buyer (id),
    kept_id TEXT NOT NULL REFERENCES buyer (id),
    reason TEXT NOT NULL,
    merged_at BIGINT NOT NULL,
    merged_by TEXT NOT NULL,
    undone_at BIGINT,
    undone_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX buyer_merge_standing ON buyer_merge (gone_id) WHERE undone_at IS NULL;
CREATE INDEX buyer_merge_kept ON buyer_merge (kept_id);
