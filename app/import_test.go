package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parvis/app"
	"parvis/kit/db"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
)

// TestAnImportOnAFullDiskGoesOnWhenThereIsRoom fills the disk in the middle of a file: what
// is in stays, nothing is half written, and the same file goes on.
func TestAnImportOnAFullDiskGoesOnWhenThereIsRoom(t *testing.T) {
	b := openBureau(t, db.SQLite, 1)
	var text strings.Builder
	bulk := notice.Bulk(db.SQLite)
	all := 5*bulk + 100
	for i := range all {
		text.WriteString(b.roof(i+1, 0).Raw + "\n")
	}
	back := func() {}
	chunks := 0
	var resumed intake.File
	read := func() (app.Import, error) {
		return b.ImportFile(t.Context(), app.Reading{
			Source: "boamp", ID: "avis", In: strings.NewReader(text.String()), Bytes: func() int64 { return 0 },
			Refused: func(err error) { t.Error(err) }, Resumed: func(f intake.File) { resumed = f }, Reached: func() {},
			Progress: func(app.Import) {
				if chunks++; chunks == 2 {
					back = b.lose(t, db.SQLite)
				}
			},
		})
	}
	did, err := read()
	if err == nil || !strings.Contains(err.Error(), "full") || did.New < 2*bulk || did.New >= all {
		t.Fatalf("%+v, %v", did, err)
	}
	if n := len(b.recorded(t)); n != did.New {
		t.Errorf("%d notices, %d were said to be in", n, did.New)
	}
	back()
	again, err := read()
	if err != nil || again.New != all-did.New || again.Same != 0 || resumed.At.Records != did.New || again.Before.New != did.New {
		t.Errorf("then: %+v, %v; resumed %+v", again, err, resumed)
	}
	if n, twice := b.events(t, 0); n != all || len(twice) > 0 {
		t.Errorf("the journal tells of %d, %d of them twice", n, len(twice))
	}
}

// TestTwoImportsOfOneFileAtOnce has two people type the same command.
func TestTwoImportsOfOneFileAtOnce(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect db.Dialect) {
		b := openBureau(t, dialect, 2)
		var text strings.Builder
		all := 2*notice.Bulk(dialect) + 100
		for i := range all {
			text.WriteString(b.roof(i+1, 0).Raw + "\n")
		}
		errs := make(chan error, 2)
		for _, a := range b.programs {
			go func() {
				did, err := a.ImportFile(t.Context(), app.Reading{Source: "boamp", ID: "avis", In: strings.NewReader(text.String()), Bytes: func() int64 { return 0 },
					Refused: func(error) {}, Resumed: func(intake.File) {}, Reached: func() {}, Progress: func(app.Import) {}})
				if err == nil && did.Read()+did.Before.Read() != all {
					err = fmt.Errorf("read %+v", did)
				}
				errs <- err
			}()
		}
		for range b.programs {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if n, twice := b.events(t, 0); n != all || len(twice) > 0 {
			t.Errorf("the journal tells of %d, %d of them twice", n, len(twice))
		}
		var left int
		if err := b.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(&left, "SELECT count(*) FROM import_progress") }); err != nil || left != 0 {
			t.Errorf("%d are still under way, %v", left, err)
		}
	})
}

// TestASourceThatComesSlowlyIsWrittenAsItComes has each record wait long enough.
func TestASourceThatComesSlowlyIsWrittenAsItComes(t *testing.T) {
	app.WaitForChunks(t, 0)
	b := openBureau(t, db.SQLite, 1)
	var said []int
	did, err := b.ImportNotices(t.Context(), "boamp", strings.NewReader(b.roof(1, 0).Raw+"\n"+b.roof(2, 0).Raw+"\n"+b.roof(3, 0).Raw+"\n"), false,
		func(err error) { t.Error(err) }, func(so app.Import) { said = append(said, so.New) })
	if err != nil || did.New != 3 || !slices.Equal(said, []int{1, 2, 3, 3}) && !slices.Equal(said, []int{1, 2, 3}) {
		t.Errorf("%+v, %v; said %v", did, err, said)
	}
}
