package pace_test

import (
	"strconv"
	"testing"
	"time"

	"parvis/kit/pace"
)

func TestAPlaceAsksSoManyTimesThenNowAndThen(t *testing.T) {
	k := pace.Keeper{AtOnce: 3, Every: 10 * time.Second}
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for i := range 3 {
		if !k.Allow("a", now) {
			t.Fatalf("refused at the %d. time", i+1)
		}
	}
	if k.Allow("a", now) {
		t.Error("a fourth time at once")
	}
	if !k.Allow("b", now) {
		t.Error("another place pays for the first")
	}
	if k.Allow("a", now.Add(9*time.Second)) || !k.Allow("a", now.Add(11*time.Second)) {
		t.Error("the next one is not after ten seconds")
	}
}

func TestPlacesThatAreMadeUpFillNoMemory(t *testing.T) {
	k := pace.Keeper{AtOnce: 1, Every: time.Minute}
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		if !k.Allow(strconv.Itoa(i), now) {
			t.Fatal(i)
		}
	}
	if k.Allow("one more", now) {
		t.Error("it is remembered all the same")
	}
	if !k.Allow("one more", now.Add(2*time.Minute)) {
		t.Error("those who may ask again are not forgotten")
	}
}

func TestAKeeperWithoutLimitsLetsNothingThrough(t *testing.T) {
	var k pace.Keeper
	if k.Allow("a", time.Now()) {
		t.Error("the zero value opens")
	}
}
