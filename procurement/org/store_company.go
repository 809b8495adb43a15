package org

import "parvis/kit/db"

// takeCompany finds a company or makes it, and locks it for the transaction.
func takeCompany(tx *db.Tx, country, number, name string) (id string, err error) {
	err = tx.One(&id, `INSERT INTO company (id, country, number, name, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (country, number) DO UPDATE SET number = excluded.number RETURNING id`,
		db.NewID(), country, number, name, tx.Now)
	return id, err
}

// takeEstablishment finds an establishment or makes it, and locks it.
func takeEstablishment(tx *db.Tx, companyID, number string) (id string, err error) {
	err = tx.One(&id, `INSERT INTO establishment (id, company_id, number, declared_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (company_id, number) DO UPDATE SET number = excluded.number RETURNING id`,
		db.NewID(), companyID, number, tx.Now)
	return id, err
}

func establishmentByID(tx *db.Tx, id string) (Establishment, error) {
	var e Establishment
	err := tx.One(&e, `SELECT e.id, e.company_id, c.name AS company_name, c.country, e.number, e.declared_at, e.verified_at
		FROM establishment e JOIN company c ON c.id = e.company_id WHERE e.id = $1`, id)
	return e, err
}

func lockEstablishment(tx *db.Tx, id string) error {
	_, err := tx.Exec("UPDATE establishment SET number = number WHERE id = $1", id)
	return err
}
