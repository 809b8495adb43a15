//go:build unix

package app

import (
	"os"
	"path/filepath"
	"syscall"

	"parvis/kit/db"
	"parvis/kit/fault"
)

// takeDirectory keeps a second server off the same SQLite database: what one is
// sending, the other would take for left behind. The system lets go of the lock
// when the process dies, however it dies.
func (a *App) takeDirectory() error {
	if a.DB.Dialect() != db.SQLite {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(a.Config.Data, "parvis.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return fault.New(fault.Conflict, "Un autre Parvis sert déjà le dossier «\u00a0"+a.Config.Data+"\u00a0»\u00a0: arrêtez-le d'abord, ou choisissez un autre dossier par --data.").Because(err)
	}
	a.lock = f
	return nil
}
