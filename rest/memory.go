package rest

import (
	"errors"
	"fmt"
)

// errNoMemory means that the operation may not read more.
var errNoMemory = errors.New("no memory left for the response")

// Memory counts bytes.
type Memory interface {
	// Reserve returns an error if no more bytes may be taken.
	Reserve(bytes int) error
	// Release returns reserved bytes.
	Release(bytes int)
}

// noMemory is a [Memory] without a limit.
type noMemory struct{}

// Reserve returns nil.
func (noMemory) Reserve(int) error { return nil }

// Release does nothing.
func (noMemory) Release(int) {}

func reserve(memory Memory, size int) error {
	if err := memory.Reserve(size); err != nil {
		return fmt.Errorf("%w: %w", errNoMemory, err)
	}
	return nil
}
