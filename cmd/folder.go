package cmd

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// errEmptyFolder says that a folder holds no file to read: it was probably the wrong one.
var errEmptyFolder = errors.New("ce dossier ne contient aucun fichier")

// folder gives the files of a folder, and of those within it, as an archive would:
// what reads archives reads folders, one file at a time, in the order of names.
// Hidden files and links are left out.
func folder(path string) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		archive := tar.NewWriter(w)
		empty := true
		err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && name != path && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "."):
				return nil
			}
			empty = false
			within, err := filepath.Rel(path, name)
			if err != nil {
				return err
			}
			return pack(archive, name, filepath.ToSlash(within))
		})
		if err == nil && empty {
			_ = w.CloseWithError(errEmptyFolder) // before the end of an archive, which would be something to read
			return
		}
		_ = w.CloseWithError(errors.Join(err, archive.Close()))
	}()
	return r
}

// pack adds one file to an archive. One that grows meanwhile is read as long as it
// was; one that shrinks is an error.
func pack(archive *tar.Writer, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	about, err := f.Stat()
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Name: name, Size: about.Size(), Mode: 0o600}); err != nil {
		return err
	}
	_, err = io.CopyN(archive, f, about.Size())
	return err
}
