package sandbox

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// maxInMemory is how much of an uploaded file is kept in memory, in bytes. What is longer goes to a file.
const maxInMemory = 256 << 10

// errTooMuch says that a file is longer than it may be.
var errTooMuch = errors.New("too much")

// content is what was uploaded. Many may read it at once.
type content struct {
	io.ReaderAt
	size int64
}

func (c *content) reader() io.ReadSeeker { return io.NewSectionReader(c.ReaderAt, 0, c.size) }

// spool keeps what it reads, up to limit bytes: in memory if it is short, else in a file without a name, whose space
// is free again as soon as nobody refers to the content any more, however the process ends. Where no file can be made, as
// in a container without a directory for it, all stays in memory.
func spool(from io.Reader, limit int64) (*content, error) {
	head, err := io.ReadAll(io.LimitReader(from, maxInMemory+1)) //nolint:forbidigo // bounded
	if err != nil {
		return nil, err
	}
	if len(head) <= maxInMemory {
		return spoolToMemory(bytes.NewReader(head), limit)
	}
	whole := io.MultiReader(bytes.NewReader(head), from)
	file, err := os.CreateTemp("", "mstudio-sandbox-*")
	if err != nil {
		return spoolToMemory(whole, limit)
	}
	return spoolToDisk(file, whole, limit)
}

func spoolToMemory(from io.Reader, limit int64) (*content, error) {
	all, err := io.ReadAll(io.LimitReader(from, limit+1)) //nolint:forbidigo // bounded
	if err != nil {
		return nil, err
	}
	if int64(len(all)) > limit {
		return nil, errTooMuch
	}
	return &content{bytes.NewReader(all), int64(len(all))}, nil
}

func spoolToDisk(file *os.File, from io.Reader, limit int64) (kept *content, err error) {
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	if err := os.Remove(file.Name()); err != nil {
		return nil, err
	}
	size, err := io.Copy(file, io.LimitReader(from, limit+1))
	if err != nil {
		return nil, err
	}
	if size > limit {
		return nil, errTooMuch
	}
	return &content{file, size}, nil
}
