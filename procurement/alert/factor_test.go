package alert_test

import (
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/kit/passkey/passkeytest"
	"parvis/kit/totp"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice/noticetest"
)

// rooted is a person signed in who has an application of codes.
type rooted struct {
	h       *house
	from    account.Visitor // a browser that the account knows: of that nobody is told
	session string
	secret  string
	codes   []string
}

func (h *house) withApplication() *rooted {
	h.t.Helper()
	ctx := h.t.Context()
	h.odile()
	h.Work()
	h.mails()
	r := &rooted{h: h, from: account.Visitor{Remote: "192.0.2.17", Browser: "Firefox"}}
	in, err := h.Accounts.SignIn(ctx, odile, noticetest.Password, r.from)
	h.must(err)
	r.session, r.from.Device = in.Session, in.Device
	h.Work()
	h.mails() // of the browser that was new
	h.Set(dbtest.Start)
	h.must(h.Accounts.BeginApplication(ctx, r.session, noticetest.Password, r.from))
	draft, err := h.Accounts.ApplicationDraft(ctx, r.session)
	h.must(err)
	r.secret = draft.Secret
	r.codes, err = h.Accounts.AddApplication(ctx, r.session, r.code())
	h.must(err)
	return r
}

func (r *rooted) code() string {
	r.h.t.Helper()
	code, err := totp.Code(r.secret, totp.StepAt(r.h.DB.Clock.Now()))
	r.h.must(err)
	return code
}

// pend says the password.
func (r *rooted) pend() string {
	r.h.t.Helper()
	in, err := r.h.Accounts.SignIn(r.h.t.Context(), odile, noticetest.Password, r.from)
	r.h.must(err)
	return in.Pending
}

// recovers signs in by a recovery code.
func (r *rooted) recovers(code string) {
	r.h.t.Helper()
	in, err := r.h.Accounts.EnterRecoveryCode(r.h.t.Context(), r.pend(), code, r.from)
	r.h.must(err)
	r.from.Device = in.Device
}

func TestTheMailsOfASecondFactorSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	ctx := t.Context()
	h.Accounts.At("https://parvis.example")
	r := h.withApplication()
	h.Work()
	golden(t, "factor_added_application", h.only())

	key := passkeytest.New("https://parvis.example", "parvis.example")
	h.Set(dbtest.Start)
	h.must(h.Accounts.BeginPasskey(ctx, r.session, "Téléphone <b>d'Odile", noticetest.Password, r.from))
	options, err := h.Accounts.AskNewPasskey(ctx, r.session)
	h.must(err)
	_, err = h.Accounts.AddPasskey(ctx, r.session, key.Create(t, options))
	h.must(err)
	h.Work()
	m := h.only()
	golden(t, "factor_added_passkey", m)
	if strings.Contains(m.HTML, "<b>") {
		t.Error("the name of a key became markup")
	}

	h.Set(dbtest.Start)
	key.Count = 1
	pending := r.pend()
	options, err = h.Accounts.AskPasskey(ctx, pending)
	h.must(err)
	if _, err := h.Accounts.EnterPasskey(ctx, pending, key.Use(t, options), r.from); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	h.Work()
	golden(t, "factor_passkey_doubted", h.only())

	h.Set(dbtest.Start)
	r.recovers(r.codes[0])
	h.Work()
	golden(t, "factor_code_used", h.only())

	h.Set(dbtest.Start)
	_, err = h.Accounts.RenewCodes(ctx, r.session, noticetest.Password, r.from)
	h.must(err)
	h.Work()
	golden(t, "factor_codes_renewed", h.only())

	h.Set(dbtest.Start)
	h.must(h.Accounts.RemoveApplication(ctx, r.session, noticetest.Password, r.from))
	h.Work()
	golden(t, "factor_removed", h.only())

	h.Set(dbtest.Start)
	_, err = h.Accounts.ForgetFactors(ctx, access.Platform("test"), "odile.muller")
	h.must(err)
	h.Work()
	golden(t, "factors_forgotten", h.only())
}

// Ten wrong codes are one mail, not ten.
func TestWhoseSecondStepIsGuessedAtIsToldOnce(t *testing.T) {
	h := quiet(t)
	r := h.withApplication()
	h.Work()
	h.only()
	pending, at := r.pend(), dbtest.Start
	for range 10 {
		at = at.Add(2 * time.Minute / 3)
		h.Set(at)
		if _, err := h.Accounts.EnterCode(t.Context(), pending, "x", r.from); err == nil {
			t.Fatal("a letter is a code")
		}
	}
	h.Work()
	m := h.only()
	if when := clock.At(at).Long(clock.Paris); !strings.Contains(m.Text, when) {
		t.Errorf("it does not say when (%s):\n%s", when, m.Text)
	}
	golden(t, "factor_step_exhausted", m)
}

func TestAnEmptySetOfCodesSaysSo(t *testing.T) {
	h := quiet(t)
	r := h.withApplication()
	h.Work()
	h.only()
	var text string
	for i, code := range r.codes {
		r.recovers(code)
		h.Work()
		m := h.only()
		if i == 8 && !strings.Contains(m.Text, "Il vous en reste un.") {
			t.Errorf("one left:\n%s", m.Text)
		}
		text = m.Text
	}
	if !strings.Contains(text, "Il ne vous en reste aucun") {
		t.Errorf("none left:\n%s", text)
	}
}
