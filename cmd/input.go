package cmd

import (
	"bufio"
	"context"
	"io"
	"os"

	"parvis/gateway/download"
	"parvis/kit/fault"
	"parvis/procurement/intake"
)

// input is something to import.
type input struct {
	io.Reader
	name  string // as the report names it
	size  int64  // bytes, 0 when the end cannot be foreseen
	known int64  // bytes that tell it from another, -1 when nobody knows how many
	again bool   // it can be opened again from its beginning
	close func()
}

// open opens a file, a folder, an address or the standard input.
func open(ctx context.Context, path string, std Std) (*input, error) {
	if path == "-" {
		return &input{Reader: std.In, name: "entrée standard", known: -1, close: func() {}}, nil
	}
	if download.Is(path) {
		body, err := download.Open(ctx, path, download.Config{Agent: "Parvis", Log: warnings(std.Err)})
		if err != nil {
			return nil, err
		}
		return &input{Reader: body, name: download.Shown(path), size: max(body.Size(), 0), known: body.Size(), again: true, close: func() { _ = body.Close() }}, nil
	}
	if about, err := os.Stat(path); err == nil && about.IsDir() {
		all := folder(path)
		return &input{Reader: all, name: path, known: -1, again: true, close: func() { _ = all.Close() }}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "Le fichier «\u00a0"+path+"\u00a0» ne peut pas être ouvert.").Because(err)
	}
	in := &input{Reader: f, name: path, known: -1, close: func() { _ = f.Close() }} // read only
	if about, err := f.Stat(); err == nil && about.Mode().IsRegular() {
		in.size, in.known, in.again = about.Size(), about.Size(), true
	}
	return in, nil
}

// headBytes is how much of a file tells it from another, with its size.
const headBytes = 64 << 10

// identify tells a file by its beginning, which is read again with the rest.
func identify(source string, in *input, r io.Reader) (id string, whole io.Reader) {
	buffered := bufio.NewReaderSize(r, headBytes)
	head, _ := buffered.Peek(headBytes) // it may be shorter; what is wrong with it comes again when it is read
	return intake.FileID(source, in.known, head), buffered
}

// untilDone reads r until ctx ends, even while r waits for a pipe to be filled.
func untilDone(ctx context.Context, r io.Reader) (in io.Reader, done func()) {
	out, to := io.Pipe()
	go func() {
		_, err := io.Copy(to, r)
		_ = to.CloseWithError(err)
	}()
	forget := context.AfterFunc(ctx, func() { _ = out.CloseWithError(ctx.Err()) })
	return out, func() {
		forget()
		_ = out.Close()
	}
}
