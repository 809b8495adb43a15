package org

import (
	"parvis/kit/db"
	"parvis/procurement/account"
)

// takeCompany finds a company or makes it, and locks it for the transaction.
func takeCompany(tx *db.Tx, country, number string) (id string, err error) {
	err = tx.One(&id, `INSERT INTO company (id, country, number, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (country, number) DO UPDATE SET number = excluded.number RETURNING id`,
		db.NewID(), country, number, tx.Now)
	return id, err
}

// takeEstablishment finds an establishment or makes it as it was declared, and locks it.
func takeEstablishment(tx *db.Tx, companyID string, from account.SignUp) (id string, err error) {
	err = tx.One(&id, `INSERT INTO establishment (id, company_id, number, declared_at, name, name_listed_at, street, postcode, city)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (company_id, number) DO UPDATE SET number = excluded.number RETURNING id`,
		db.NewID(), companyID, from.Number, tx.Now, from.CompanyName, from.ListedAt, from.Street, from.Postcode, from.City)
	return id, err
}

const establishmentQuery = `SELECT e.id, e.company_id, e.name AS company_name, c.country, e.number, e.declared_at, e.verified_at,
	e.name_listed_at, e.street, e.postcode, e.city, e.phone, e.version FROM establishment e JOIN company c ON c.id = e.company_id`

func establishmentByID(tx *db.Tx, id string) (Establishment, error) {
	var e Establishment
	err := tx.One(&e, establishmentQuery+" WHERE e.id = $1", id)
	return e, err
}

func establishmentByNumber(tx *db.Tx, country, number string) (Establishment, error) {
	var e Establishment
	err := tx.One(&e, establishmentQuery+" WHERE c.country = $1 AND e.number = $2", country, number)
	return e, err
}

func lockEstablishment(tx *db.Tx, id string) error {
	_, err := tx.Exec("UPDATE establishment SET number = number WHERE id = $1", id)
	return err
}
