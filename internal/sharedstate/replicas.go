package sharedstate

import (
	"context"
	_ "embed" // for the script
)

// replicaLife is how long a replica counts after its last count.
const replicaLife = "15"

//go:embed scripts/replicas.lua
var replicasScript string

// countReplicas adds this replica to those that share the server, and counts them. A server that answers receives the writes that
// have failed before.
func (s *Store) countReplicas(ctx context.Context) {
	answer, ok := s.do(ctx, tellTimeout, UseReplicas, exec(s.counting, prefix+"n", s.replica, replicaLife))
	if !ok {
		return
	}
	s.tellLate()
	if count, err := answer.ToInt64(); err == nil {
		s.replicas.Store(count)
	} else {
		s.garbage(UseReplicas)
	}
}

// Replicas returns how many replicas shared the server when it last answered, at least 1.
func (s *Store) Replicas() int { return int(max(s.replicas.Load(), 1)) }
