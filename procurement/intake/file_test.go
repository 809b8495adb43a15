package intake_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

var importer = access.Platform("import BOAMP")

func record(id string) notice.Record {
	return notice.Record{Source: "boamp", SourceID: id, Kind: notice.Contract, Title: "Voirie " + id, Buyer: notice.BuyerRecord{Name: "Ville de Rive", Postcode: "67000"}, PublishedOn: "2026-11-20"}
}

func open(h *noticetest.House) *intake.Service {
	return intake.New(h.DB, h.Journal, h.Notices, "https://parvis.example", noticetest.Silent)
}

func TestHowFarAFileIsInIsWrittenWithWhatIsIn(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		s := open(h)
		id := intake.FileID("boamp", 900, []byte("début"))
		f, err := s.Find(t.Context(), importer, "boamp", id)
		if err != nil || f.At != (notice.Mark{}) {
			t.Fatalf("%+v, %v", f, err)
		}
		at := notice.Mark{Records: 3, Digest: 1<<63 + 5} // larger than what a database counts with
		if _, err := s.Take(t.Context(), importer, &f, intake.Step{Records: notice.Prepare([]notice.Record{record("26-1"), record("26-2")}), Refused: 1, At: at, Bytes: 500}); err != nil {
			t.Fatal(err)
		}
		g, err := s.Find(t.Context(), importer, "boamp", id)
		if diff := cmp.Diff(f, g); err != nil || diff != "" || g.At != at || g.Before.Read() != 3 || g.Bytes != 500 {
			t.Errorf("%v, %+v\n%s", err, g, diff)
		}
		if other, err := s.Find(t.Context(), importer, "ted", id); err != nil || other.At != (notice.Mark{}) {
			t.Errorf("of another source: %+v, %v", other, err)
		}
		out, err := s.Take(t.Context(), importer, &g, intake.Step{Records: notice.Prepare([]notice.Record{record("26-2"), record("26-3")}), At: notice.Mark{Records: 5}, Last: true})
		if err != nil || out.New != 1 || out.Same != 1 {
			t.Errorf("%+v, %v", out, err)
		}
		if n := h.Count("SELECT count(*) FROM import_progress"); n != 0 {
			t.Errorf("%d files are still under way", n)
		}
	})
}

// What goes wrong with the notices leaves the mark where it was.
func TestAChunkThatFailsMovesNothing(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		s := open(h)
		f := intake.File{ID: "x", Source: "boamp"}
		h.Write(func(tx *db.Tx) error { _, err := tx.Exec("ALTER TABLE raw_pack RENAME TO elsewhere"); return err })
		_, err := s.Take(t.Context(), importer, &f, intake.Step{Records: notice.Prepare([]notice.Record{record("26-1")}), At: notice.Mark{Records: 1}})
		if err == nil || f.At != (notice.Mark{}) || h.Count("SELECT count(*) FROM notice") != 0 || h.Count("SELECT count(*) FROM import_progress") != 0 {
			t.Errorf("%v; something was written", err)
		}
	})
}

func TestWhoMayDoIt(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		s := open(h)
		admin := h.Join(noticetest.Seat, "odile", "odile@muller.example")
		for name, err := range map[string]error{
			"find":    second(s.Find(t.Context(), admin, "boamp", "x")),
			"restart": s.Restart(t.Context(), admin, "x"),
			"take":    second(s.Take(t.Context(), admin, &intake.File{}, intake.Step{})),
			"await":   s.Await(t.Context(), admin, "boamp", true),
			"fetch":   second(s.Fetch(t.Context(), admin, "boamp", nil, nil)),
		} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestImportsThatWereGivenUpAreForgotten(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		s := open(h)
		for _, id := range []string{"old", "young"} {
			f := intake.File{ID: id, Source: "boamp"}
			if _, err := s.Take(t.Context(), importer, &f, intake.Step{At: notice.Mark{Records: 1}}); err != nil {
				t.Fatal(err)
			}
			if id == "old" {
				h.Clock.Move(20 * 24 * time.Hour)
			}
		}
		h.Clock.Move(11 * 24 * time.Hour)
		if err := s.ForgetFiles(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, young := h.Count("SELECT count(*) FROM import_progress"), h.Count("SELECT count(*) FROM import_progress WHERE id = 'young'"); n != 1 || young != 1 {
			t.Errorf("%d are kept, %d of them the young one", n, young)
		}
		if err := s.Restart(t.Context(), importer, "young"); err != nil || h.Count("SELECT count(*) FROM import_progress") != 0 {
			t.Errorf("%v", err)
		}
	})
}

func TestFilesAreToldApart(t *testing.T) {
	ids := map[string]string{}
	for name, id := range map[string]string{
		"a":              intake.FileID("boamp", 10, []byte("abc")),
		"another source": intake.FileID("ted", 10, []byte("abc")),
		"another size":   intake.FileID("boamp", 11, []byte("abc")),
		"no size":        intake.FileID("boamp", -1, []byte("abc")),
		"another head":   intake.FileID("boamp", 10, []byte("abd")),
	} {
		if before := ids[id]; before != "" {
			t.Errorf("%s is taken for %s", name, before)
		}
		ids[id] = name
	}
	if intake.FileID("boamp", 10, []byte("abc")) != intake.FileID("boamp", 10, []byte("abc")) {
		t.Error("the same file is another one")
	}
}

// Many replicas look at the same moment.
func TestASilenceIsWrittenOnce(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		s := open(h)
		if err := s.Await(t.Context(), importer, "boamp", false); err != nil {
			t.Fatal(err)
		}
		h.Clock.Move(27 * time.Hour)
		if _, silent, err := s.Look(t.Context(), "boamp"); err != nil || silent {
			t.Errorf("nothing was tried yet: %v, %v", silent, err)
		}
		h.Write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE gazette SET failures = 1"); return err })
		errs := make(chan error, 8)
		for range cap(errs) {
			go func() { _, _, err := open(h).Look(t.Context(), "boamp"); errs <- err }()
		}
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if n := h.Count("SELECT count(*) FROM event WHERE kind = 'notice.source_silent'"); n != 1 {
			t.Errorf("the journal tells it %d times", n)
		}
		if _, silent, err := s.Look(t.Context(), "elsewhere"); err != nil || silent {
			t.Errorf("what nobody awaits: %v, %v", silent, err)
		}
		if due, err := s.Due(t.Context(), "elsewhere"); err != nil || due {
			t.Errorf("due: %v, %v", due, err)
		}
	})
}
