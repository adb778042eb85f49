package sharedstate_test

import (
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

// An entry that is not ours does not end the count of the replicas, and members of the future do not count.
func TestReplicas_Garbage(t *testing.T) {
	t.Parallel()
	for name, poison := range map[string]func(*testing.T, *sharedstatetest.Pipe){
		"string": func(t *testing.T, pipe *sharedstatetest.Pipe) { //nolint:thelper // a case
			if err := pipe.Redis.Set("mg1:n", "x"); err != nil {
				t.Fatal(err)
			}
		},
		"future": func(t *testing.T, pipe *sharedstatetest.Pipe) { //nolint:thelper // a case
			for _, member := range []string{"x", "y", "z"} {
				if _, err := pipe.Redis.ZAdd("mg1:n", 9e15, member); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				pipe := sharedstatetest.NewPipe(t)
				a, b := newPipeStore(t, pipe), newPipeStore(t, pipe)
				defer a.Close()
				defer b.Close()
				pipe.Redis.Del("mg1:n")
				poison(t, pipe)
				time.Sleep(20 * time.Second)
				if got := a.Replicas(); got != 2 {
					t.Errorf("%d replicas", got)
				}
				if members, err := pipe.Redis.ZMembers("mg1:n"); err != nil || len(members) != 2 {
					t.Errorf("%v, %v", members, err)
				}
			})
		})
	}
}
