package model_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"mstudio-graphql/graph/model"
)

const scope = model.Scope("conversations?limit=20")

// wantBadInput fails the test unless err is a BadInput error that does not contain the input.
func wantBadInput(t *testing.T, err error, given string) {
	t.Helper()
	var failure *model.Error
	if !errors.As(err, &failure) || failure.Code != model.CodeBadUserInput {
		t.Fatalf("want an error with %s, got %v", model.CodeBadUserInput, err)
	}
	if given != "" && strings.Contains(failure.Error(), given) {
		t.Errorf("the message repeats the input: %s", failure)
	}
}

func TestCursor_RoundTrip(t *testing.T) {
	t.Parallel()
	for name, position := range map[string]string{
		"number":                 "4711",
		"time and id":            "2026-08-21T09:30:00.125Z 3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11",
		"empty":                  "",
		"separators":             "|1||2|",
		"of every plane":         "Grüße 👋\u0000\n",
		"bytes that are no text": "\xff\xfe",
		"long":                   strings.Repeat("x", 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cursor := scope.Encode(position)
			got, err := scope.Decode(cursor)
			if err != nil || got != position {
				t.Errorf("want %q, got %q, %v", position, got, err)
			}
			// Cursors are sent in variables, URLs and log lines.
			if strings.Trim(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
				t.Errorf("want a cursor without characters to escape, got %s", cursor)
			}
		})
	}
}

// Clients store cursors, so old cursors must remain valid.
func TestCursor_IsStable(t *testing.T) {
	t.Parallel()
	const kept = "Mnw2N2U5NjBhYTdmOTB8MTk"
	if got := scope.Encode("19"); got != kept {
		t.Errorf("want %s, got %s: a new format needs a new version", kept, got)
	}
}

func TestCursor_IsRejected(t *testing.T) {
	t.Parallel()
	raw := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	own, err := base64.RawURLEncoding.DecodeString(scope.Encode("4711"))
	if err != nil {
		t.Fatal(err)
	}
	_, afterVersion, _ := strings.Cut(string(own), "|")
	tests := map[string]string{
		"empty":                      "",
		"not base64":                 "!!!",
		"a position as such":         "4711",
		"with a line break":          scope.Encode("4711") + "\n",
		"with stray bits":            "Mnw2N2U5NjBhYTdmOTB8MTl",
		"with padding":               base64.URLEncoding.EncodeToString(append(own, "1"...)),
		"not one of this API":        raw("cursor:4711"),
		"version alone":              raw("2"),
		"without position":           raw(strings.TrimSuffix(string(own), "|4711")),
		"of an earlier version":      raw("1|" + afterVersion),
		"of a version like ours":     raw("02|" + afterVersion),
		"without version":            raw(afterVersion),
		"of another filter":          model.Scope("conversations?limit=20&status=open").Encode("4711"),
		"of another list":            model.Scope("messages/3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11").Encode("4711"),
		"of no list":                 model.Scope("").Encode("4711"),
		"with a shorter print":       raw("2||4711"),
		"cut off":                    scope.Encode("4711")[:10],
		"bytes that are no text":     raw("\xff\xfe|\xff|\xff"),
		"with the print in capitals": raw(strings.ToUpper(string(own))),
	}
	for name, cursor := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			position, err := scope.Decode(cursor)
			if position != "" {
				t.Errorf("want no position of a rejected cursor, got %q", position)
			}
			wantBadInput(t, err, cursor)
		})
	}
}

func FuzzCursor(f *testing.F) {
	for _, text := range []string{"", "4711", "2026-08-21T09:30:00.125Z id", "|", "2|", scope.Encode("19"), scope.Encode(""), "MXw\nzODIy"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := scope.Decode(scope.Encode(text)); err != nil || got != text {
			t.Errorf("round trip: want %q, got %q, %v", text, got, err)
		}
		if _, err := model.Scope("another").Decode(scope.Encode(text)); err == nil {
			t.Errorf("the cursor of %q is valid for another list", text)
		}
		// The text itself as a cursor is rejected, or decodes like our cursor.
		position, err := scope.Decode(text)
		if err != nil {
			wantBadInput(t, err, "")
			return
		}
		if again, err := scope.Decode(scope.Encode(position)); err != nil || again != position {
			t.Errorf("%q: want %q again, got %q, %v", text, position, again, err)
		}
	})
}
