-- +goose Up
-- A company is known by its SIREN, or abroad by its national identifier; its
-- establishment by its SIRET, or abroad by the same identifier.
CREATE TABLE company (
    id TEXT PRIMARY KEY,
    country TEXT NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (country, number)
);
CREATE TABLE establishment (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES company (id),
    number TEXT NOT NULL,
    declared_at BIGINT NOT NULL,
    verified_at BIGINT,
    UNIQUE (company_id, number)
);

-- The register of buyers: every body seen in a notice, under the keys that
-- lead to it (a SIREN; a folded name with a postcode).
CREATE TABLE buyer (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    siren TEXT UNIQUE,
    postcode TEXT NOT NULL,
    city TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE buyer_alias (
    key TEXT PRIMARY KEY,
    buyer_id TEXT NOT NULL REFERENCES buyer (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX buyer_alias_buyer ON buyer_alias (buyer_id);
