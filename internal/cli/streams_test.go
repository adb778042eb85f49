package cli

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Streams that are open at shutdown are cut, one after the other, so that their clients reconnect. The program exits with 0.
func TestServe_EndsStreams(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--shutdown-timeout=2s")
	const streams = 4
	ended := make(chan time.Time, streams)
	for range streams {
		request := newRequest(t, http.MethodPost, p.base+"/graphql", `{"query": "subscription { inboxChanged { kind } }"}`)
		request.Header.Set("Accept", "text/event-stream")
		response, err := client().Do(request) //nolint:bodyclose // below
		if err != nil {
			t.Fatal(err)
		}
		const synced = "event: next\ndata: {\"data\":{\"inboxChanged\":{\"kind\":\"SYNCED\"}}}\n\n"
		first := make([]byte, len(synced))
		if _, err := io.ReadFull(response.Body, first); string(first) != synced {
			t.Fatalf("%v: %q", err, first)
		}
		go func() {
			defer response.Body.Close()
			rest, err := io.ReadAll(response.Body)
			if err == nil || strings.Contains(string(rest), "complete") {
				t.Errorf("the stream looks complete: %q", rest)
			}
			ended <- time.Now()
		}()
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
	first, last := <-ended, time.Time{}
	for range streams - 1 {
		last = <-ended
	}
	if spread := last.Sub(first); spread < 500*time.Millisecond || spread > 2*time.Second {
		t.Errorf("the streams ended within %s", spread)
	}
	if lines := strings.Count(p.stderr.String(), "reason=drain"); lines != streams {
		t.Errorf("%d lines:\n%s", lines, p.stderr)
	}
}
