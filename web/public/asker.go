package public

import (
	"net/http"

	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/web/answer"
)

// asker is where a request comes from.
func asker(v *answer.Visit) account.Visitor {
	return account.Visitor{Remote: v.RemoteAddr, Browser: v.UserAgent()}
}

// refusalStatus is how a refused form is answered: programs, too, are told when it
// is that they must wait.
func refusalStatus(err error) int {
	if fault.Is(err, fault.Unavailable) {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}
