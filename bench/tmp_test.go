package bench_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"parvis/app"
	"parvis/kit/db"
)

func TestTmpPG(t *testing.T) {
	file := gazette(10000)
	p := settle(t, db.Postgres, 0, 0, "")
	last := time.Now()
	_, err := p.ImportNotices(context.Background(), "boamp", bytes.NewReader(file), false, func(err error) { t.Error(err) }, func(a app.Import) {
		fmt.Print(time.Since(last).Milliseconds(), " ")
		last = time.Now()
	})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	var rows []struct{ Relname string; SeqScan, SeqTupRead, IdxScan, NTupIns, NTupUpd int64 }
	_ = p.DB.Read(context.Background(), func(tx *db.Tx) error {
		return tx.All(&rows, "SELECT relname, seq_scan, seq_tup_read, coalesce(idx_scan,0) AS idx_scan, n_tup_ins, n_tup_upd FROM pg_stat_user_tables WHERE n_tup_ins > 0")
	})
	fmt.Println()
	for _, r := range rows {
		fmt.Printf("%+v\n", r)
	}
}
