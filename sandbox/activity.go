package sandbox

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// activity makes people write who are not the caller: employees of mittwald, and users of another customer. It runs under
// the router's write lock.
type activity struct {
	*writer

	staff []*caller // employees, who have no token
	guest *caller   // a user of another customer, who sees some conversations of the first
	host  *caller   // a user of the first customer
	turn  int
}

func newActivity(wr *writer, callers []*caller) *activity {
	a := &activity{writer: wr, host: callers[0], guest: callers[1]}
	for _, u := range initial().Users {
		if u.IsEmployee != nil && *u.IsEmployee {
			a.staff = append(a.staff, &caller{Profile: profile{ID: u.ID}})
		}
	}
	return a
}

// run makes somebody write once per interval until ctx ends.
func (s *Sandbox) run(ctx context.Context, interval time.Duration) {
	if interval <= 0 {
		return
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.router.mu.Lock()
			s.activity.act()
			s.router.mu.Unlock()
		}
	}
}

// maxTurns limits the changes, because the sandbox keeps everything in memory. At one in 20 seconds, they last a day.
const maxTurns = 5_000

// act makes the next change, until there were too many. Employees answer twice as often as they close, and as guests write.
func (a *activity) act() {
	if a.turn == maxTurns {
		return
	}
	a.turn++
	switch a.turn % 5 {
	case 0:
		a.open()
	case 1, 3:
		a.change(a.staff[a.turn%len(a.staff)], a.host, "Wir haben das geprüft und eine Einstellung angepasst. Bitte testen Sie es noch einmal.", statusAnswered)
	case 2:
		a.change(a.guest, a.guest, "Bei uns tritt es seit heute Morgen wieder auf. Können Sie noch einmal nachsehen?", statusOpen)
	case 4:
		a.change(a.staff[a.turn%len(a.staff)], a.host, "Das ist erledigt. Ich schließe das Ticket.", statusClosed)
	}
}

// open creates a conversation of the guest that the host sees.
func (a *activity) open() {
	author := a.users[a.guest.Profile.ID]
	conv := &conversation{
		ID: a.newID("conversation"), ShortID: newShortID(a.created), CreatedAt: a.tick(), CreatedBy: author, MainUser: author,
		Status: statusOpen, Visibility: visibilityShared, Title: "Bestellungen kommen doppelt an",
		customers:  []string{a.guest.CustomerID, a.host.CustomerID},
		SharedWith: &reference{ID: a.guest.CustomerID, Domain: "customer", Aggregate: "customer"},
	}
	conv.messages = []*message{newStatusUpdate(conv.ID, conv.CreatedAt, updateCreated, author)}
	a.write(a.guest, conv, "Seit dem letzten Update kommt jede Bestellung zweimal an. Woran kann das liegen?", nil)
	a.commit(conv, 0, nil)
}

// change writes to an open conversation that viewer sees, and sets its status.
func (a *activity) change(author, viewer *caller, text, status string) {
	shown := slices.DeleteFunc(a.conversations.visible(viewer), func(c *conversation) bool { return c.Status == statusClosed })
	if len(shown) == 0 {
		return
	}
	slices.SortFunc(shown, func(x, y *conversation) int {
		return cmp.Or(y.lastMessageAt().Compare(x.lastMessageAt().Time), cmp.Compare(x.ID, y.ID))
	})
	conv := a.conversations.byID[shown[a.turn*7%min(len(shown), 20)].ID].clone() // among the newest, not always the same
	a.write(author, conv, text, nil)
	if status == statusClosed {
		a.setStatus(conv, a.users[author.Profile.ID], status)
	}
	conv.Status = status
	a.commit(conv, 0, nil)
}
