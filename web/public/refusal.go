package public

import (
	"net/http"

	"parvis/kit/fault"
)

// refusalStatus is how a refused form is answered: programs, too, are told when it
// is that they must wait.
func refusalStatus(err error) int {
	if fault.Is(err, fault.Unavailable) {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}
