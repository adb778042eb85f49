package sandbox

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// maxInMemory is the maximum size of a file that stays in memory, in bytes. Larger files go to disk.
const maxInMemory = 256 << 10

// errTooMuch reports a file that exceeds its limit.
var errTooMuch = errors.New("too much")

// content is the content of an uploaded file. It is safe for concurrent use.
type content struct {
	io.ReaderAt
	size int64
}

func (c *content) reader() io.ReadSeeker { return io.NewSectionReader(c.ReaderAt, 0, c.size) }

// spool stores up to limit bytes in memory, or in an unlinked temporary file if they exceed maxInMemory. The system frees
// the file with the last reference to the content or when the process ends. If it cannot create a file, for example in a
// container without a writable directory, spool stores everything in memory.
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
