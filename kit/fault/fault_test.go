package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"parvis/kit/fault"
)

func TestARefusalIsFoundThroughWrapping(t *testing.T) {
	cause := errors.New("unique constraint")
	err := fmt.Errorf("save: %w", fault.New(fault.Invalid, "Ce nom est déjà pris.").On("nom").Because(cause))
	e, ok := fault.As(err)
	if !ok || e.Field != "nom" || e.Text != "Ce nom est déjà pris." {
		t.Fatalf("As = %+v, %v", e, ok)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if !fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		t.Error("kind is wrong")
	}
}

func TestOnAndBecauseLeaveTheOriginalAlone(t *testing.T) {
	base := fault.New(fault.Invalid, "Trop long.")
	_ = base.On("nom").Because(errors.New("x"))
	if base.Field != "" || base.Cause != nil {
		t.Errorf("the shared refusal was changed: %+v", base)
	}
}

func TestAListKeepsOrderAndHandsBackInternalErrors(t *testing.T) {
	var l fault.List
	if err := l.Err(); err != nil {
		t.Fatalf("empty list is an error: %v", err)
	}
	internal := errors.New("disk full")
	if got := l.Add(internal); got != internal {
		t.Errorf("internal error swallowed: %v", got)
	}
	for _, f := range []string{"nom", "mots"} {
		if err := l.Add(fault.New(fault.Invalid, "Non.").On(f)); err != nil {
			t.Fatal(err)
		}
	}
	all := fault.All(fmt.Errorf("form: %w", l.Err()))
	if len(all) != 2 || all[0].Field != "nom" || all[1].Field != "mots" {
		t.Errorf("All = %v", all)
	}
	if fault.All(internal) != nil {
		t.Error("an internal error may not reach a person")
	}
}
