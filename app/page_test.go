package app_test

import (
	"net/http"
	"testing"
	"time"
)

// awaitPage waits until the address answers 200.
func awaitPage(t *testing.T, url string) {
	t.Helper()
	var last any
	for range 200 {
		res, err := http.Get(url)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
			last = res.Status
		} else {
			last = err
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: %v", url, last)
}
