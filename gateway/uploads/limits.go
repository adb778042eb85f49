package uploads

import (
	"cmp"
	"time"
)

// Limits limits the files that a client may send with an operation.
type Limits struct {
	// FileBytes is the maximum size of a file, in bytes. mStudio may accept less. Default: 100 MiB.
	FileBytes int64
	// TotalBytes is the maximum size of all files of a request, in bytes. Default: 250 MiB.
	TotalBytes int64
	// Files is the maximum number of files in a request. Default: 10.
	Files int
	// Timeout is how long an operation may wait for its files, in addition to its own timeout. Default: 10m.
	Timeout time.Duration
	// Idle is how long a client may take for the next bytes of a file. Default: 30s.
	Idle time.Duration
	// MaxConcurrent limits concurrent operations with files; one caller may hold a quarter of the slots. These operations
	// have their own slots because they wait for the client, not for mStudio. Default: 32.
	MaxConcurrent int
}

// WithDefaults returns the limits with defaults in place of values that are not positive.
func (l Limits) WithDefaults() Limits {
	return Limits{
		FileBytes:     cmp.Or(max(l.FileBytes, 0), 100<<20),
		TotalBytes:    cmp.Or(max(l.TotalBytes, 0), 250<<20),
		Files:         cmp.Or(max(l.Files, 0), 10),
		Timeout:       cmp.Or(max(l.Timeout, 0), 10*time.Minute),
		Idle:          cmp.Or(max(l.Idle, 0), 30*time.Second),
		MaxConcurrent: cmp.Or(max(l.MaxConcurrent, 0), 32),
	}
}
