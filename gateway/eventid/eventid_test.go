package eventid_test

import (
	"bytes"
	"encoding/base64"
	"errors"
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

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

func newCodec(t testing.TB, keys ...[]byte) *eventid.Codec {
	t.Helper()
	codec, err := eventid.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, key(1))
	for _, count := range []int{1, 2, eventid.Max, eventid.Max + 1, 250} {
		given := numbered(count)
		text := codec.Format(given)
		got, err := codec.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		// The first writes are the most likely to be visible already.
		if diff := cmp.Diff(given[max(count-eventid.Max, 0):], got); diff != "" {
			t.Errorf("%d events (-want +got):\n%s", count, diff)
		}
		if len(text) > 4700 {
			t.Errorf("%d events make %d bytes", count, len(text))
		}
	}
}

func TestNew_RequiresKey(t *testing.T) {
	t.Parallel()
	if _, err := eventid.New(); err == nil {
		t.Error("no error")
	}
}

func TestParse_Malformed(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, key(1))
	good := codec.Format(numbered(1))
	for name, text := range map[string]string{
		"nothing":        "",
		"no base64":      "276638689419853824!",
		"digits":         "276638689419853824",
		"a later format": "Aw" + good[2:],
		"one byte":       "Ag",
		"two lines":      good[:4] + "\n" + good[4:],
	} {
		if events, err := codec.Parse(text); !errors.Is(err, eventid.ErrMalformed) {
			t.Errorf("%s: got %v, %v", name, events, err)
		}
	}
}

// A string without the signature of one of the keys is unknown, whatever it contains.
func TestParse_Unknown(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, key(1))
	good := codec.Format(numbered(2))
	for i := 2; i < len(good); i++ {
		other := "A"
		if good[i:i+1] == other {
			other = "B"
		}
		wantUnknown(t, codec, good[:i]+other+good[i+1:])
	}
	for _, text := range []string{
		good[:len(good)-4], good + "AAAA", "AgAA",
		base64.RawURLEncoding.EncodeToString(append(append([]byte{1}, make([]byte, 16)...), 1, '7')), // the first format
		newCodec(t, key(2)).Format(numbered(1)),
	} {
		wantUnknown(t, codec, text)
	}
}

func wantUnknown(t *testing.T, codec *eventid.Codec, text string) {
	t.Helper()
	if events, err := codec.Parse(text); !errors.Is(err, eventid.ErrUnknown) {
		t.Errorf("%s: got %v, %v", text, events, err)
	}
}

// An old key is accepted until it is removed.
func TestKeysCanBeReplaced(t *testing.T) {
	t.Parallel()
	before := newCodec(t, key(1)).Format(numbered(1))
	both := newCodec(t, key(2), key(1))
	if _, err := both.Parse(before); err != nil {
		t.Error(err)
	}
	if _, err := newCodec(t, key(2)).Parse(both.Format(numbered(1))); err != nil {
		t.Error(err)
	}
	wantUnknown(t, newCodec(t, key(2)), before)
}

// FuzzParse checks that a string that Parse accepts is the output of Format.
func FuzzParse(f *testing.F) {
	codec := newCodec(f, key(1))
	f.Add(codec.Format(numbered(1)))
	f.Add(codec.Format(numbered(3)))
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, text string) {
		if events, err := codec.Parse(text); err == nil && codec.Format(events) != text {
			t.Errorf("%s: read as %v", text, events)
		}
	})
}
