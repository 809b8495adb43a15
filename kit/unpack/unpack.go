package unpack

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/klauspost/compress/zstd"
)

const (
	bufferSize = 256 << 10
	maxWindow  = 128 << 20 // zstd: what « --long » asks for, and no more
	maxZip     = 512 << 20 // bytes: a zip is read from its end, and held for it
	maxFiles   = 1_000_000 // in one archive
	layers     = 2         // a compressed tar of compressed files
)

// Why an archive is refused.
var (
	ErrZipTooLarge  = errors.New("zip archive larger than 512 MiB")
	ErrTooManyFiles = errors.New("archive of more than a million files")
)

// File is one file, read before the next one comes.
type File struct {
	Name string // within the archive; "" for a file alone
	*bufio.Reader
}

// Files gives the files of a stream. A file whose compression is broken comes as an
// error with its name, and the next one follows; a broken archive ends with an
// error and no name.
func Files(r io.Reader) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		in, done, err := open(r)
		if err != nil {
			yield(File{}, err)
			return
		}
		defer done()
		switch {
		case isTar(in):
			tarFiles(in, yield)
		case isZip(in):
			zipFiles(in, yield)
		default:
			yield(File{Reader: in}, nil)
		}
	}
}

// open undoes the compression.
func open(r io.Reader) (in *bufio.Reader, done func(), err error) {
	in = bufio.NewReaderSize(r, bufferSize)
	done = func() {}
	for range layers {
		magic, err := in.Peek(4)
		if err != nil && !errors.Is(err, io.EOF) {
			done()
			return nil, nil, err
		}
		switch {
		case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
			z, err := gzip.NewReader(in)
			if err != nil {
				done()
				return nil, nil, err
			}
			in = bufio.NewReaderSize(z, bufferSize)
		case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
			z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
			if err != nil {
				done()
				return nil, nil, err
			}
			before := done
			in, done = bufio.NewReaderSize(z, bufferSize), func() { z.Close(); before() }
		default:
			return in, done, nil
		}
	}
	return in, done, nil
}

// isTar knows an archive by the word that stands in its first header.
func isTar(in *bufio.Reader) bool {
	const at, word = 257, "ustar"
	head, _ := in.Peek(at + len(word))
	return len(head) == at+len(word) && string(head[at:]) == word
}

func isZip(in *bufio.Reader) bool {
	head, _ := in.Peek(4)
	return string(head) == "PK\x03\x04"
}

func tarFiles(in *bufio.Reader, yield func(File, error) bool) {
	archive := tar.NewReader(in)
	for n := 1; ; n++ {
		header, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			yield(File{}, err)
			return
		case n > maxFiles:
			yield(File{}, ErrTooManyFiles)
			return
		}
		if header.Typeflag == tar.TypeReg && !one(header.Name, archive, yield) {
			return
		}
	}
}

func zipFiles(in *bufio.Reader, yield func(File, error) bool) {
	whole, err := io.ReadAll(io.LimitReader(in, maxZip+1))
	if err == nil && len(whole) > maxZip {
		err = ErrZipTooLarge
	}
	if err != nil {
		yield(File{}, err)
		return
	}
	archive, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		yield(File{}, err)
		return
	}
	if len(archive.File) > maxFiles {
		yield(File{}, ErrTooManyFiles)
		return
	}
	for _, f := range archive.File {
		if !f.Mode().IsRegular() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			if !yield(File{Name: clean(f.Name)}, err) {
				return
			}
			continue
		}
		ok := one(f.Name, r, yield)
		_ = r.Close() // read only
		if !ok {
			return
		}
	}
}

// one gives a file of an archive, its own compression undone.
func one(name string, r io.Reader, yield func(File, error) bool) bool {
	name = clean(name)
	if hidden(name) {
		return true
	}
	in, done, err := open(r)
	if err != nil {
		return yield(File{Name: name}, err)
	}
	defer done()
	return yield(File{Name: name, Reader: in}, nil)
}

// hidden tells the files that a system adds to an archive by itself.
func hidden(name string) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	return strings.HasPrefix(base, ".") || strings.HasPrefix(name, "__MACOSX/")
}

// clean is a name fit to be shown: it may come from anybody.
func clean(name string) string {
	const long = 200
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\ufffd"))
	if runes := []rune(name); len(runes) > long {
		name = string(runes[len(runes)-long:])
	}
	return name
}
