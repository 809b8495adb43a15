package person

import (
	"parvis/kit/db"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/watch"
)

// Service holds the use cases of this room.
type Service struct {
	db       *db.DB
	accounts *account.Service
	watches  *watch.Service
	alerts   *alert.Service
}

// New makes the room on this database.
func New(d *db.DB, accounts *account.Service, watches *watch.Service, alerts *alert.Service) *Service {
	return &Service{db: d, accounts: accounts, watches: watches, alerts: alerts}
}
