-- +goose Up
-- Services of an organism are looked for among the buyers of its postcode.
CREATE INDEX buyer_postcode ON buyer (postcode);
