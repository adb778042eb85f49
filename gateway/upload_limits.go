package gateway

import (
	"cmp"
	"context"
	"time"

	"mstudio-graphql/gateway/admission"
)

// UploadLimits is what clients may send along with an operation.
type UploadLimits struct {
	// FileBytes is how large a file may be, and TotalBytes how large all files of a request together. mStudio may take
	// less. Default: 100 MiB and 250 MiB.
	FileBytes, TotalBytes int64
	// Files is how many files a request may have. Default: 10.
	Files int
	// Timeout is how long the files of an operation may take to arrive, in addition to [Config.OperationTimeout].
	// Default: 10 min.
	Timeout time.Duration
	// Idle is how long a client may take for the next piece of a file. Default: 30 s.
	Idle time.Duration
	// AtOnce is how many operations with files may run at once, of one caller a quarter of them. They do not take the
	// places of others: it is the clients that they wait for. Default: 32.
	AtOnce int
}

func (l UploadLimits) withDefaults() UploadLimits {
	return UploadLimits{
		FileBytes:  cmp.Or(max(l.FileBytes, 0), 100<<20),
		TotalBytes: cmp.Or(max(l.TotalBytes, 0), 250<<20),
		Files:      cmp.Or(max(l.Files, 0), 10),
		Timeout:    cmp.Or(max(l.Timeout, 0), 10*time.Minute),
		Idle:       cmp.Or(max(l.Idle, 0), 30*time.Second),
		AtOnce:     cmp.Or(max(l.AtOnce, 0), 32),
	}
}

func (l UploadLimits) limiter() *admission.Limiter {
	return admission.New(l.AtOnce, max(l.AtOnce/4, 1))
}

// limiter returns the Limiter that admits the operation.
func (g *Gateway) limiter(ctx context.Context) *admission.Limiter {
	if uploadFormOf(ctx) != nil {
		return g.uploading
	}
	return g.slots
}

// operationTimeout is longer for an operation that comes with files: it waits for the client, too.
func (g *Gateway) operationTimeout(ctx context.Context) time.Duration {
	if uploadFormOf(ctx) != nil {
		return g.config.OperationTimeout + g.config.Uploads.Timeout
	}
	return g.config.OperationTimeout
}
