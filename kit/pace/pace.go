package pace

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// mostPlaces bounds what is remembered. When there are so many, somebody is making them
// up, and the ones that are not known yet wait.
const mostPlaces = 10_000

// Keeper counts what places ask. Its limits are set before it is used; the zero Keeper
// lets nothing through.
type Keeper struct {
	AtOnce int           // how many times in a row
	Every  time.Duration // and then one more that often

	mu     sync.Mutex
	places map[string]*rate.Limiter
}

// Allow tells whether a place may ask once more now.
func (k *Keeper) Allow(place string, now time.Time) bool {
	if k.AtOnce <= 0 || k.Every <= 0 {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	l := k.places[place]
	if l == nil {
		if len(k.places) >= mostPlaces {
			k.forget(now)
		}
		if len(k.places) >= mostPlaces {
			return false
		}
		l = rate.NewLimiter(rate.Every(k.Every), k.AtOnce)
		if k.places == nil {
			k.places = map[string]*rate.Limiter{}
		}
		k.places[place] = l
	}
	return l.AllowN(now, 1)
}

// forget drops the places that a new count would treat alike.
func (k *Keeper) forget(now time.Time) {
	for place, l := range k.places {
		if l.TokensAt(now) >= float64(k.AtOnce) {
			delete(k.places, place)
		}
	}
}
