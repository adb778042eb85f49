package loader

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"mstudio-graphql/rest"
)

var (
	// ErrKeyReused means that the caller has used an idempotency key for another write.
	ErrKeyReused = errors.New("loader: idempotency key of another write")
	// ErrOutdated means that another operation has sent a message after the same item.
	ErrOutdated = errors.New("loader: another message after the same item")
)

// Once makes a write, unless the caller has made it within [claimTime] with the same key: it then returns the result of that
// write, and waits for it if it is running. The error is [ErrKeyReused] if the key was used with another input, and [ErrRunning]
// if another replica does not finish the write in time. A write that has changed nothing does not count. conversationID is the
// conversation of the write; if it is "", the write creates the conversation whose ID it returns.
//
// The write does not end with the client's connection, because a client that has lost it repeats the write.
func (l *Loaders) Once(ctx context.Context, key, conversationID, input string, write func(context.Context) (string, error)) (id string, err error) {
	owner := digest(l.client.Caller())
	for {
		claimed, isNew := l.Claims.take(digestOf("key", string(owner[:]), key), owner)
		if isNew {
			result, isElsewhere, err := l.Claims.share(ctx, claimed, lostResult(conversationID, digestOf(input)))
			if err == nil && !isElsewhere {
				return l.writeClaimed(ctx, claimed, conversationID, digestOf(input), write)
			}
			l.Claims.end(claimed, result, err == nil)
			if err != nil {
				return "", err
			}
		}
		select {
		case <-claimed.ended:
		case <-ctx.Done():
			return "", errUnknown()
		}
		switch result := claimed.result; {
		case !claimed.isKept: // nothing was changed
		case result.input != digestOf(input):
			return "", ErrKeyReused
		default:
			l.noteLocal(claimed)
			l.wrote(result.event.ConversationID, result.event.ID)
			return result.id, result.err
		}
	}
}

// writeClaimed makes the write of a new claim. The claim is kept unless nothing was changed.
func (l *Loaders) writeClaimed(ctx context.Context, claimed *claim, conversationID string, input digest, write func(context.Context) (string, error)) (id string, err error) {
	l.noteLocal(claimed)
	err = errUnknown() // if write panics
	defer func() {
		written := cmp.Or(conversationID, id, unknownConversation)
		l.Claims.end(claimed, claimResult{input, id, Event{written, l.events.about(written)}, err}, err == nil || outcomeOf(err) != "")
	}()
	detached, cancel := context.WithoutCancel(ctx), context.CancelFunc(func() {})
	if deadline, ok := ctx.Deadline(); ok {
		detached, cancel = context.WithDeadline(detached, deadline)
	}
	defer cancel()
	return write(detached)
}

// noteLocal remembers a claim that other replicas may not have seen.
func (l *Loaders) noteLocal(claimed *claim) {
	if claimed.isLocal {
		l.isLocal.Store(true)
	}
}

// KeysAreLocal reports whether other replicas may not know an idempotency key of this operation, because the server that they
// share did not answer.
func (l *Loaders) KeysAreLocal() bool { return l.isLocal.Load() }

// SendMessageAfter sends a message after an item of the conversation that was its newest. The error is [ErrOutdated] if another
// operation, of any caller, has sent one after the same item or is sending it.
func (l *Loaders) SendMessageAfter(ctx context.Context, conversationID, newest string, message rest.NewMessage) (id string, err error) {
	claimed, isNew := l.Claims.take(digestOf("after", strings.ToLower(conversationID), strings.ToLower(newest)), l.client.Caller())
	if !isNew {
		return "", ErrOutdated
	}
	if !l.Claims.shareAfter(ctx, claimed) {
		l.Claims.end(claimed, claimResult{}, false)
		return "", ErrOutdated
	}
	defer func() { l.Claims.end(claimed, claimResult{}, err == nil || outcomeOf(err) == rest.OutcomeDone) }()
	return l.SendMessage(ctx, conversationID, message)
}
