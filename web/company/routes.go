package company

import (
	"parvis/procurement/access"
	"parvis/procurement/org"
	"parvis/procurement/watch"
	"parvis/web/answer"
)

// Pages is what the pages of companies are made from.
type Pages struct {
	Watches *watch.Service
	Org     *org.Service
	// MailReady tells whether the platform can send mail now; nil means that it can.
	MailReady func() bool
}

// Addresses that several pages lead to.
const (
	spaceURL   = "/entreprise"
	watchesURL = "/entreprise/veilles"
	suggestURL = "/organismes" // of the public pages
)

// Routes registers the pages of companies.
func Routes(site *answer.Site, p Pages) {
	site.Route("GET /entreprise", access.SeeWatches, p.space)

	site.Route("GET /entreprise/veilles", access.SeeWatches, p.list)
	site.Route("GET /entreprise/veilles/nouvelle", access.EditWatches, p.begin)
	site.Route("POST /entreprise/veilles", access.EditWatches, p.create)
	site.Route("GET /entreprise/veilles/{id}/modifier", access.EditWatches, p.edit)
	site.Route("POST /entreprise/veilles/{id}", access.EditWatches, p.update)
	site.Route("GET /entreprise/veilles/{id}/supprimer", access.EditWatches, p.askDelete)
	site.Route("POST /entreprise/veilles/{id}/supprimer", access.EditWatches, p.delete)
}

func (p Pages) mailReady() bool { return p.MailReady == nil || p.MailReady() }
