package gateway

import (
	"context"
	"errors"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/httpapi"
)

// slot is the place of an operation among those that run.
type slot struct {
	limiter *admission.Limiter
	caller  string
	release func() // nil while the operation has none
}

// enter waits for a place, unless the operation has one.
func (s *slot) enter(ctx context.Context) *httpapi.Error {
	if s.release != nil {
		return nil
	}
	release, err := s.limiter.Acquire(ctx, s.caller)
	switch {
	case errors.Is(err, admission.ErrKeyBusy):
		return httpapi.Overloaded("Too many operations of this caller are running. Try again.")
	case err != nil:
		return httpapi.Overloaded("Too many operations are running. Try again.")
	}
	s.release = release
	return nil
}

// leave gives the place back, if the operation has one.
func (s *slot) leave() {
	if s.release != nil {
		s.release()
		s.release = nil
	}
}
