package org

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Look-ups of one place: so many at once, and then one more now and then. A training
// room signing up together passes; a program that copies the directory through us does
// not. Places are forgotten when they could do as much again, or when there are so many
// that somebody is making them up.
const (
	lookUpsAtOnce = 20
	lookUpEvery   = 15 * time.Second
	mostPlaces    = 10_000
)

// pace counts look-ups, in this process alone: what it protects is somebody else's
// program, which keeps its own count.
type pace struct {
	mu     sync.Mutex
	places map[string]*rate.Limiter
}

// allow tells whether a place may look up once more now.
func (p *pace) allow(place string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.places[place]
	if l == nil {
		if len(p.places) >= mostPlaces {
			p.forget(now)
		}
		if len(p.places) >= mostPlaces {
			return false
		}
		l = rate.NewLimiter(rate.Every(lookUpEvery), lookUpsAtOnce)
		if p.places == nil {
			p.places = map[string]*rate.Limiter{}
		}
		p.places[place] = l
	}
	return l.AllowN(now, 1)
}

// forget drops the places that a new count would treat alike.
func (p *pace) forget(now time.Time) {
	for place, l := range p.places {
		if l.TokensAt(now) >= lookUpsAtOnce {
			delete(p.places, place)
		}
	}
}
