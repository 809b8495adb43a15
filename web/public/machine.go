package public

import (
	"context"
	"net/http"
	"time"

	"parvis/web/answer"
)

// pingWithin is how long the database may take to say that it is there: whoever
// asks (a balancer, a supervisor) has another place to turn to.
const pingWithin = 2 * time.Second

// health says whether this program can serve. It tells no more: anybody may ask.
func (p Pages) health(v *answer.Visit) (answer.Answer, error) {
	ctx, cancel := context.WithTimeout(v.Context(), pingWithin)
	defer cancel()
	word, status := "ok", http.StatusOK
	if p.DB.Ping(ctx) != nil {
		word, status = "unavailable", http.StatusServiceUnavailable
	}
	a, err := answer.JSON(map[string]string{"status": word, "database": word})
	return a.WithStatus(status), err
}

// robotRules keep search engines out of what is for one person, or for programs.
const robotRules = `User-agent: *
Disallow: /entreprise
Disallow: /connexion
Disallow: /inscription/
Disallow: /confirmation/
Disallow: /adresse-de-secours/
Disallow: /desabonnement/
Disallow: /suivi/
Disallow: /organismes
Disallow: /annonces.atom
Disallow: /flux/
Disallow: /test-poste/
Disallow: /cpv
Disallow: /demo
Disallow: /sante
`

// robots serves them.
func (p Pages) robots(*answer.Visit) (answer.Answer, error) { return answer.Text(robotRules), nil }
