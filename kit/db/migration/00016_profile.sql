-- +goose Up
-- Each establishment bears the name that its own people gave, or that the directory
-- of companies gave for its SIRET (then name_listed_at says when): whoever declares
-- another SIRET of the same company renames nobody else. The address, the telephone
-- and the name change together under version.
ALTER TABLE establishment ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE establishment ADD COLUMN name_listed_at BIGINT;
ALTER TABLE establishment ADD COLUMN street TEXT NOT NULL DEFAULT '';
ALTER TABLE establishment ADD COLUMN postcode TEXT NOT NULL DEFAULT '';
ALTER TABLE establishment ADD COLUMN city TEXT NOT NULL DEFAULT '';
ALTER TABLE establishment ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE establishment ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE establishment SET name = (SELECT c.name FROM company c WHERE c.id = establishment.company_id);
ALTER TABLE company DROP COLUMN name;

-- What a sign-up says of the company, typed or listed.
ALTER TABLE sign_up ADD COLUMN street TEXT NOT NULL DEFAULT '';
ALTER TABLE sign_up ADD COLUMN postcode TEXT NOT NULL DEFAULT '';
ALTER TABLE sign_up ADD COLUMN city TEXT NOT NULL DEFAULT '';
ALTER TABLE sign_up ADD COLUMN listed_at BIGINT;

-- A mailbox of the company that is written to when its people's own do not answer,
-- once it has agreed. An establishment has one at most, and one that is asked to
-- take its place. Each request is a row, so that they can be counted.
CREATE TABLE fallback_address (
    id TEXT PRIMARY KEY,
    establishment_id TEXT NOT NULL REFERENCES establishment (id),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    token_hash TEXT UNIQUE,
    asked_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    refused_at BIGINT,
    failed_at BIGINT,
    removed_at BIGINT
);
CREATE UNIQUE INDEX fallback_current ON fallback_address (establishment_id) WHERE removed_at IS NULL AND confirmed_at IS NOT NULL;
CREATE UNIQUE INDEX fallback_asked ON fallback_address (establishment_id) WHERE removed_at IS NULL AND confirmed_at IS NULL;
CREATE INDEX fallback_establishment ON fallback_address (establishment_id, asked_at);
CREATE INDEX fallback_key ON fallback_address (address_key);
