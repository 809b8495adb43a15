package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A file is the message as received, under the trace lines that delivery agents
// put on top: who sent it, to whom, when. They end with a mark, because the
// message may carry lines of the same names.
const (
	returnPath  = "Return-Path: "
	deliveredTo = "Delivered-To: "
	receivedAt  = "X-Mailbox-Received: "
)

func save(dir string, x Message) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s<%s>\r\n", returnPath, x.From)
	for _, to := range x.To {
		fmt.Fprintf(&b, "%s%s\r\n", deliveredTo, to)
	}
	fmt.Fprintf(&b, "%s%s\r\n", receivedAt, x.Received.UTC().Format(time.RFC3339Nano))
	b.Write(x.Raw)

	path := filepath.Join(dir, x.ID+".eml")
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

func remove(dir, id string) error {
	err := os.Remove(filepath.Join(dir, id+".eml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// load reads the folder back, the oldest first; it makes the folder when there
// is none. A half-written file was never acknowledged: it is left out.
func load(dir string) ([]Message, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var all []Message
	for _, p := range paths[max(0, len(paths)-MaxMessages):] {
		data, err := os.ReadFile(p) //nolint:gosec // our own folder
		if err != nil {
			return nil, err
		}
		x, err := split(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		x.ID = strings.TrimSuffix(filepath.Base(p), ".eml")
		all = append(all, parse(x))
	}
	return all, nil
}

// split takes the trace lines off.
func split(data []byte) (Message, error) {
	r := bufio.NewReader(bytes.NewReader(data))
	var x Message
	for at := 0; ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return x, errors.New("not a file of this mailbox")
		}
		at += len(line)
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, returnPath):
			x.From = strings.Trim(line[len(returnPath):], "<>")
		case strings.HasPrefix(line, deliveredTo):
			x.To = append(x.To, line[len(deliveredTo):])
		case strings.HasPrefix(line, receivedAt):
			if x.Received, err = time.Parse(time.RFC3339Nano, line[len(receivedAt):]); err != nil {
				return x, err
			}
			x.Raw = data[at:]
			return x, nil
		default:
			return x, fmt.Errorf("unexpected line %q", line)
		}
	}
}
