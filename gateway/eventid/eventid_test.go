package eventid_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway/eventid"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

func numbered(count int) []loader.Event {
	events := make([]loader.Event, count)
	for i := range events {
		events[i] = loader.Event{ConversationID: fmt.Sprintf("3c1f7a52-6d0e-4b8a-9f53-%012d", i), ID: rest.EventID(fmt.Sprint(276638689419853824 + i))}
	}
	return events
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 2, eventid.Max, eventid.Max + 1, 250} {
		given := numbered(count)
		text := eventid.Format(given)
		got, err := eventid.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		// The first writes are the most likely to be visible already.
		if diff := cmp.Diff(given[max(count-eventid.Max, 0):], got); diff != "" {
			t.Errorf("%d events (-want +got):\n%s", count, diff)
		}
		if len(text) > 4800 {
			t.Errorf("%d events make %d bytes", count, len(text))
		}
	}
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	encode := func(data ...byte) string { return base64.RawURLEncoding.EncodeToString(data) }
	good := eventid.Format(numbered(1))
	tooMany := bytes.Repeat(append(make([]byte, 16), 1, '7'), eventid.Max+1)
	for name, text := range map[string]string{
		"nothing":         "",
		"no base64":       "276638689419853824!",
		"digits":          "276638689419853824",
		"cut off":         good[:len(good)-4],
		"something added": good + "AA",
		"another version": encode(append([]byte{2}, make([]byte, 30)...)...),
		"no events":       encode(1),
		"no digits":       encode(append(append([]byte{1}, make([]byte, 16)...), 1, 'x')...),
		"an empty id":     encode(append(append([]byte{1}, make([]byte, 16)...), 0)...),
		"a line break":    encode(append(append([]byte{1}, make([]byte, 16)...), 2, '1', '\n')...),
		"too many":        encode(append([]byte{1}, tooMany...)...),
		"two lines":       good[:4] + "\n" + good[4:],
	} {
		if events, err := eventid.Parse(text); err == nil {
			t.Errorf("%s: got %v", name, events)
		}
	}
}

// FuzzParse checks that a string that Parse accepts is the output of Format.
func FuzzParse(f *testing.F) {
	f.Add(eventid.Format(numbered(1)))
	f.Add(eventid.Format(numbered(3)))
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, text string) {
		events, err := eventid.Parse(text)
		if err != nil {
			return
		}
		again, err := eventid.Parse(eventid.Format(events))
		if diff := cmp.Diff(events, again); err != nil || diff != "" {
			t.Errorf("%v (-read +read again):\n%s", err, diff)
		}
	})
}
