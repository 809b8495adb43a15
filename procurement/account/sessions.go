package account

import (
	"context"
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
)

// SeenSession is an open session as its owner sees it (« connexion »).
type SeenSession struct {
	ID        string // tells nothing of its token
	TokenHash string
	DeviceID  string
	Browser   string
	SeenAt    clock.Instant
	ExpiresAt clock.Instant
	Mine      bool `db:"-"` // of whoever asks
}

// OpenedAt is when its owner proved who they are; changing hats does not count.
func (s SeenSession) OpenedAt() clock.Instant { return s.ExpiresAt.Add(-life) }

// SeenDevice is a known browser as its owner sees it.
type SeenDevice struct {
	Device
	Mine bool // the one that asks
}

// Connections are the open sessions of a person and the browsers that their account
// knows, the last used first.
type Connections struct {
	Sessions []SeenSession
	Devices  []SeenDevice
}

// EndedBody is the body of event.SessionsEnded.
type EndedBody struct {
	Sessions int64 `json:"sessions"`
	Devices  int64 `json:"devices"` // forgotten
}

// Connections lists what is open and known; token is the asker's own session.
func (s *Service) Connections(ctx context.Context, by access.Actor, token string) (Connections, error) {
	if err := by.Must(access.EditAccount); err != nil {
		return Connections{}, err
	}
	var out Connections
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		mine, found, err := SessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found {
			return sessionOver()
		}
		if out.Sessions, err = sessionsOf(tx, by.AccountID); err != nil {
			return err
		}
		for i := range out.Sessions {
			out.Sessions[i].Mine = out.Sessions[i].TokenHash == mine.TokenHash
		}
		devices, err := devicesOf(tx, by.AccountID)
		for _, d := range devices {
			out.Devices = append(out.Devices, SeenDevice{d, d.ID == mine.DeviceID})
		}
		return err
	})
	return out, err
}

// EndSession ends one session of the person; the browser that opened it is forgotten
// too, unless it is the asker's own. mine tells that it was the asker's session:
// they are signed out, by a browser that stays known. Somebody else's is fault.NotFound.
func (s *Service) EndSession(ctx context.Context, by access.Actor, token, id string) (mine bool, err error) {
	err = s.end(ctx, by, token, func(tx *db.Tx, own Session) (done EndedBody, err error) {
		target, err := openSessionByID(tx, by.AccountID, id)
		if errors.Is(err, db.ErrNone) {
			err = noConnection()
		}
		if err != nil {
			return done, err
		}
		if mine = target.TokenHash == own.TokenHash; mine {
			return done, deleteSession(tx, own.TokenHash)
		}
		if done.Devices, err = forgetAnother(tx, by.AccountID, target.DeviceID, own); err != nil {
			return done, err
		}
		ended, err := endSession(tx, target.TokenHash)
		if ended {
			done.Sessions = 1
		}
		return done, err
	})
	return mine, err
}

// EndOtherSessions ends every session of the person but the asker's, and forgets
// every browser but theirs.
func (s *Service) EndOtherSessions(ctx context.Context, by access.Actor, token string) (ended int64, err error) {
	err = s.end(ctx, by, token, func(tx *db.Tx, own Session) (done EndedBody, err error) {
		if done.Devices, err = forgetDevices(tx, by.AccountID, own.DeviceID); err != nil {
			return done, err
		}
		done.Sessions, err = deleteSessions(tx, by.AccountID, own.TokenHash)
		ended = done.Sessions
		return done, err
	})
	return ended, err
}

// ForgetDevice forgets a known browser and ends its sessions, but the asker's own.
// Somebody else's is fault.NotFound.
func (s *Service) ForgetDevice(ctx context.Context, by access.Actor, token, id string) error {
	return s.end(ctx, by, token, func(tx *db.Tx, own Session) (done EndedBody, err error) {
		forgotten, err := forgetDevice(tx, by.AccountID, id)
		if err == nil && !forgotten {
			err = noConnection()
		}
		if err != nil {
			return done, err
		}
		done.Devices = 1
		done.Sessions, err = deleteSessionsOf(tx, by.AccountID, id, own.TokenHash)
		return done, err
	})
}

// end runs f for the owner of an open session and notes what it ended, if anything.
func (s *Service) end(ctx context.Context, by access.Actor, token string, f func(*db.Tx, Session) (EndedBody, error)) error {
	if err := by.Must(access.EditAccount); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		// A sign-in or a change of membership under way ends before us, or begins after:
		// no session slips through under another token.
		if err := takeAccount(tx, by.AccountID); err != nil {
			return err
		}
		own, found, err := SessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found || own.AccountID != by.AccountID {
			return sessionOver()
		}
		done, err := f(tx, own)
		if err != nil || done == (EndedBody{}) {
			return err
		}
		return s.journal.Record(tx, by, event.SessionsEnded, by.AccountID, done)
	})
}

// forgetAnother forgets a browser unless it is the asker's own, and tells how many.
func forgetAnother(tx *db.Tx, accountID, deviceID string, own Session) (int64, error) {
	if deviceID == own.DeviceID {
		return 0, nil
	}
	forgotten, err := forgetDevice(tx, accountID, deviceID)
	if forgotten {
		return 1, err
	}
	return 0, err
}

func noConnection() *fault.Error {
	return fault.New(fault.NotFound, "Cette connexion n'existe pas, ou elle est déjà fermée.")
}
