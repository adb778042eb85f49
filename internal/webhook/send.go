package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	// attemptTimeout includes the response.
	attemptTimeout = 15 * time.Second
	// maxDiscarded is how much of a response is read, so that its connection can be used again, in bytes.
	maxDiscarded = 64 << 10
)

// retryDelays returns the waits after the first attempts that failed.
func retryDelays() []time.Duration {
	return []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// sender sends webhooks to one URL.
type sender struct {
	client *http.Client
	url    string
	agent  string
	keys   []*webhooks.Webhook
}

func newSender(config Config) sender {
	s := sender{url: config.URL, agent: config.UserAgent, client: &http.Client{
		Transport:     config.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, key := range config.Keys {
		webhook, _ := webhooks.NewWebhookRaw(key) // never fails
		s.keys = append(s.keys, webhook)
	}
	return s
}

// delivery is the outcome of an attempt.
type delivery struct {
	event    *event
	status   int   // 0 without a response
	err      error // why there is no response
	duration time.Duration
}

// attempt sends an event once.
func (s *sender) attempt(ctx context.Context, e *event) delivery {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	start := time.Now()
	status, err := s.post(ctx, e, start)
	return delivery{event: e, status: status, err: err, duration: time.Since(start)}
}

func (s *sender) post(ctx context.Context, e *event, at time.Time) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(e.body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", s.agent)
	request.Header.Set(webhooks.HeaderWebhookID, e.id)
	request.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	var signatures []string
	for _, key := range s.keys {
		signature, err := key.Sign(e.id, at, e.body)
		if err != nil {
			return 0, err
		}
		signatures = append(signatures, signature)
	}
	if signatures != nil {
		request.Header.Set(webhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	}
	response, err := s.client.Do(request)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return 0, failed.Err // without the URL
	}
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, response.Body, maxDiscarded)
	return response.StatusCode, response.Body.Close()
}

// send sends the next event that is due, unless another one is being sent.
func (w *watch) send(ctx context.Context) {
	e := w.queue.take(time.Now())
	if e == nil {
		return
	}
	if e.kind == conversationAdded {
		known := w.entryOf(w.state.Conversations, e.conversation)
		known.IsOffered = true
		w.confirm(e.conversation, known)
	}
	go func() { w.sent <- w.sender.attempt(ctx, e) }()
}

// settle ends an attempt: the event has been delivered, is due again later, or is dropped.
func (w *watch) settle(d delivery) error {
	e := d.event
	w.queue.taken = nil
	e.attempts++
	log := w.Log.With("type", e.kind, "id", e.id, "attempt", e.attempts, "status", d.status, "durationMs", d.duration.Milliseconds())
	delays := retryDelays()
	switch {
	case d.status >= 200 && d.status < 300:
		log.Info("webhook delivered")
		w.queue.remove(e)
		w.confirm(e.conversation, e.after)
	case d.status == http.StatusGone:
		return ErrGone
	case e.attempts > len(delays):
		w.queue.remove(e)
		w.drop(e)
	default:
		wait := delays[e.attempts-1]
		e.due = time.Now().Add(wait)
		log.Warn("webhook failed", "error", d.err, "retryIn", wait.String())
	}
	return nil
}

// push queues an event, and drops the oldest ones if too many wait.
func (w *watch) push(e *event) {
	for _, oldest := range w.queue.push(e) {
		w.drop(oldest)
	}
}

// drop gives an event up. If an earlier one of its conversation is being sent, the outcome of that one confirms both, so that a
// restart before does not lose it.
func (w *watch) drop(e *event) {
	w.dropped++
	if earlier := w.queue.taken; earlier != nil && earlier.conversation == e.conversation {
		earlier.after = e.after
	} else {
		w.confirm(e.conversation, e.after)
	}
	w.Log.Error("webhook dropped", "type", e.kind, "id", e.id, "attempt", e.attempts, "dropped", w.dropped)
}
