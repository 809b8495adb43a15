package public

import (
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/cpv"
	"parvis/procurement/feed"
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/person"
	"parvis/procurement/watch"
	"parvis/web/answer"
)

// Pages is what the pages ask.
type Pages struct {
	Notices  *notice.Service
	Orgs     *org.Service
	Accounts *account.Service
	Watches  *watch.Service
	Members  *member.Service
	Alerts   *alert.Service
	Profiles *org.Profiles
	Persons  *person.Service
	CPV      *cpv.Service
	Feeds    *feed.Service
	DB       *db.DB
	// Base begins the addresses that leave the site: those of feeds and calendars.
	Base string
	// Operator says, in a sentence, who runs this platform and how to reach them:
	// the law wants it on the page of legal notices. Empty while nobody has said.
	Operator string

	paces *paces // made by Routes
}

// Routes is the table of contents.
func Routes(s *answer.Site, p Pages) {
	p.paces = newPaces()
	s.Route("GET /{$}", access.VisitSite, p.home)
	s.Route("GET /mentions", access.VisitSite, p.legal)

	s.Route("GET /assistance", access.VisitSite, p.guideIndex)
	s.Route("GET /assistance/{chapitre}", access.VisitSite, p.guideChapter)
	s.Route("GET /assistance/image/{image}", access.VisitSite, p.guidePicture)
	s.Route("GET /test-poste", access.VisitSite, p.poste)
	s.Route("POST /test-poste", access.VisitSite, p.tryCookies)
	s.Route("GET /test-poste/heure", access.VisitSite, p.posteTime)
	s.Route("GET /test-poste/debit", access.VisitSite, p.posteDown)
	s.Route("POST /test-poste/debit", access.VisitSite, p.posteUp)

	s.Route("GET /annonces", access.SearchNotices, p.search)
	s.Route("GET /annonces.atom", access.SearchNotices, p.feed)
	s.Route("GET /annonces/{id}", access.SearchNotices, p.notice)
	s.Route("GET /annonces/{id}/calendrier.ics", access.SearchNotices, p.calendar)
	s.Route("GET /annonces/{id}/suivi", access.EditWatches, p.askFollow)
	s.Route("POST /annonces/{id}/suivi", access.EditWatches, p.followHere)
	s.Route("GET /organismes", access.SearchNotices, p.suggestBuyers)
	s.Route("GET /cpv", access.SearchNotices, p.suggestCodes)

	// Programs have no session: the address is the key. Three prefixes, because an
	// address given to a diary opens nothing else.
	s.Route("GET /flux/atom/{token}/veille.atom", access.VisitSite, p.privateFeed(feed.Atom))
	s.Route("GET /flux/agenda/{token}/veille.ics", access.VisitSite, p.privateFeed(feed.Calendar))
	s.Route("GET /flux/json/{token}/veille.json", access.VisitSite, p.privateFeed(feed.JSON))

	s.Route("GET /inscription", access.VisitSite, p.signUp)
	s.Route("POST /inscription", access.VisitSite, p.askSignUp)
	s.Route("GET /inscription/entreprise", access.VisitSite, p.lookUp)
	s.Route("GET /inscription/{token}", access.VisitSite, p.credentials)
	s.Route("POST /inscription/{token}", access.VisitSite, p.register)
	s.Route("GET /connexion", access.VisitSite, p.signIn)
	s.Route("POST /connexion", access.VisitSite, p.enter)
	s.Route("GET /connexion/verification", access.VisitSite, p.verify)
	s.Route("POST /connexion/verification", access.VisitSite, p.confirm)
	s.Route("POST /connexion/verification/defi", access.VisitSite, p.askPasskey)
	s.Route("POST /connexion/verification/cle-d-acces", access.VisitSite, p.confirmByPasskey)
	s.Route("POST /connexion/cle-d-acces", access.VisitSite, p.enterByPasskey)
	s.Route("POST /connexion/cle-d-acces/defi", access.VisitSite, p.askPasskeyAlone)
	s.Route("POST /deconnexion", access.VisitSite, p.leave)
	s.Route("GET /mot-de-passe-oublie", access.VisitSite, p.forgotten)
	s.Route("POST /mot-de-passe-oublie", access.VisitSite, p.askReset)
	s.Route("GET /mot-de-passe/{token}", access.VisitSite, p.reset)
	s.Route("POST /mot-de-passe/{token}", access.VisitSite, p.setPassword)

	s.Route("GET /adresse/confirmation/{token}", access.VisitSite, p.askConfirmAddress)
	s.Route("POST /adresse/confirmation/{token}", access.VisitSite, p.confirmAddress)
	s.Route("GET /adresse/annulation/{token}", access.VisitSite, p.askRestoreAddress)
	s.Route("POST /adresse/annulation/{token}", access.VisitSite, p.restoreAddress)

	s.Route("GET /invitation/{token}", access.VisitSite, p.invitation)
	s.Route("POST /invitation/{token}", access.VisitSite, p.acceptInvitation)
	s.Route("GET /confirmation/{token}", access.VisitSite, p.request)
	s.Route("POST /confirmation/{token}", access.VisitSite, p.answerRequest)
	s.Route("GET /adresse-de-secours/{token}", access.VisitSite, p.fallback)
	s.Route("POST /adresse-de-secours/{token}", access.VisitSite, p.answerFallback)
	s.Route("GET /desabonnement/{token}", access.VisitSite, p.stopping)
	s.Route("POST /desabonnement/{token}", access.VisitSite, p.stop)
	s.Route("GET /suivi/{token}", access.VisitSite, p.following)
	s.Route("POST /suivi/{token}", access.VisitSite, p.follow)

	s.Route("GET /sante", access.VisitSite, p.health)
	s.Route("GET /robots.txt", access.VisitSite, p.robots)
}
