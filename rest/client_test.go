package rest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestNew_AcceptsConfig(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config Config
		prefix string
	}{
		"empty":                {Config{}, "https://api.mittwald.de/v2"},
		"default":              {Config{BaseURL: "https://api.mittwald.de/"}, "https://api.mittwald.de/v2"},
		"without a slash":      {Config{BaseURL: "https://api.example.org"}, "https://api.example.org/v2"},
		"with a path":          {Config{BaseURL: "https://example.org:8443/api/"}, "https://example.org:8443/api/v2"},
		"next version":         {Config{APIVersion: "v3-next"}, "https://api.mittwald.de/v3-next"},
		"other version at end": {Config{BaseURL: "https://example.org/v2", APIVersion: "v3"}, "https://example.org/v2/v3"},
		"localhost":            {Config{BaseURL: "http://localhost:8080"}, "http://localhost:8080/v2"},
		"loopback":             {Config{BaseURL: "http://127.9.9.9:8080"}, "http://127.9.9.9:8080/v2"},
		"loopback of IPv6":     {Config{BaseURL: "http://[::1]:8080"}, "http://[::1]:8080/v2"},
		"other host":           {Config{BaseURL: "http://sandbox:8080", AllowHTTP: true}, "http://sandbox:8080/v2"},
		"negative timeout":     {Config{AttemptTimeout: -time.Second}, "https://api.mittwald.de/v2"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := New(test.config)
			if err != nil {
				t.Fatal(err)
			}
			if client.base.String() != test.prefix || client.fileURL != test.prefix+"/files/" {
				t.Errorf("prefix: want %s, got %s and %s", test.prefix, client.base.String(), client.fileURL)
			}
		})
	}
}

func TestNew_RejectsConfig(t *testing.T) {
	t.Parallel()
	const (
		notAbsolute  = "base URL must be absolute"
		noExtras     = "must not contain a user, a query or a fragment"
		notHTTPS     = "must be https"
		versionAtEnd = "must not end in /v2"
		badVersion   = "API version must consist of"
		badAgent     = "user agent must consist of"
	)
	tests := map[string]struct {
		config Config
		errors []string
	}{
		"no URL":             {Config{BaseURL: "canary://%zz"}, []string{notAbsolute}},
		"no scheme":          {Config{BaseURL: "canary.example.org/api"}, []string{notAbsolute}},
		"no host":            {Config{BaseURL: "https:///canary"}, []string{notAbsolute}},
		"only a port":        {Config{BaseURL: "https://:8443/canary"}, []string{notAbsolute}},
		"opaque":             {Config{BaseURL: "https:canary"}, []string{notAbsolute}},
		"user":               {Config{BaseURL: "https://anna:canary@example.org"}, []string{noExtras}},
		"query":              {Config{BaseURL: "https://example.org?canary=1"}, []string{noExtras}},
		"empty query":        {Config{BaseURL: "https://canary.example.org/?"}, []string{noExtras}},
		"fragment":           {Config{BaseURL: "https://example.org#canary"}, []string{noExtras}},
		"other host":         {Config{BaseURL: "http://canary.example.org"}, []string{notHTTPS}},
		"name like loopback": {Config{BaseURL: "http://localhost.canary.org"}, []string{notHTTPS}},
		"another scheme":     {Config{BaseURL: "ftp://canary.example.org", AllowHTTP: true}, []string{notHTTPS}},
		"version at the end": {Config{BaseURL: "https://canary.example.org/v2/"}, []string{versionAtEnd}},
		"path as version":    {Config{APIVersion: "v2/canary"}, []string{badVersion}},
		"dots as version":    {Config{APIVersion: ".."}, []string{badVersion}},
		"user agent":         {Config{UserAgent: "canary\r\nX-Evil: 1"}, []string{badAgent}},
		"all at once": {
			Config{BaseURL: "http://anna:canary@canary.example.org/v2/?canary", APIVersion: "v2", UserAgent: "canary\x00"},
			[]string{noExtras, notHTTPS, versionAtEnd, badAgent},
		},
		"all at once, without a URL": {
			Config{BaseURL: "canary", APIVersion: "Canary", UserAgent: "canary\x7f"},
			[]string{notAbsolute, badVersion, badAgent},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := New(test.config)
			if err == nil || client != nil {
				t.Fatalf("want an error and no client, got %v and %v", err, client)
			}
			for _, want := range test.errors {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want an error with %q, got %q", want, err)
				}
			}
			if got := len(strings.Split(err.Error(), "\n")); got != len(test.errors) {
				t.Errorf("errors: want %d, got %d: %q", len(test.errors), got, err)
			}
			// A URL may contain a password, and errors are logged.
			if strings.Contains(strings.ToLower(err.Error()), "canary") {
				t.Errorf("the error repeats a value: %q", err)
			}
		})
	}
}

func TestClient_SeparatesConcurrentCallers(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		// Each response repeats the caller's token and request ID.
		respond(http.StatusOK, fmt.Sprintf(`{"title":%q,"shortId":%q}`, r.Header.Get("X-Access-Token"), r.Header.Get("X-Request-ID")))(w, r)
	})
	origin := u.client(t, Config{})
	var group sync.WaitGroup
	for i := range 100 {
		name := "anna"
		if i%2 == 1 {
			name = "bert"
		}
		client := origin.WithToken(newToken(t, "token-of-"+name)).WithRequestID("request-of-" + name)
		group.Go(func() {
			conversation, err := client.Conversation(t.Context(), conversationID)
			if err != nil {
				t.Error(err)
				return
			}
			if conversation.Title != "token-of-"+name || conversation.ShortID != "request-of-"+name {
				t.Errorf("%s received the response to %s, %s", name, conversation.Title, conversation.ShortID)
			}
		})
	}
	group.Wait()
	calls := map[string]int{}
	for _, request := range u.requests() {
		calls[request.Header.Get("X-Access-Token")]++
	}
	wantEqual(t, "calls by token", map[string]int{"token-of-anna": 50, "token-of-bert": 50}, calls)
}

func TestClient_DerivingDoesNotChangeOrigin(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `[]`))
	origin := u.client(t, Config{}).WithRequestID("first")
	origin.WithToken(newToken(t, "another"))
	origin.WithRequestID("second")
	origin.WithLimits(Limits{Calls: 1})
	for range 2 {
		if _, err := origin.ConversationCategories(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, request := range u.requests() {
		if token, id := request.Header.Get("X-Access-Token"), request.Header.Get("X-Request-ID"); token != "token-of-the-test" || id != "first" {
			t.Errorf("want the origin's token and request ID, got %s and %s", token, id)
		}
	}
}

// An invalid header value would fail each call as Unavailable, and the breaker would open for all callers.
func TestClient_DropsInvalidRequestID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"a\r\nX-Evil: 1", "\x00", "ä", " blank ", "tab\t"} {
		t.Run(fmt.Sprintf("%q", id), func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, respond(http.StatusOK, `[]`))
			if _, err := u.client(t, Config{}).WithRequestID(id).ConversationCategories(t.Context()); err != nil {
				t.Fatal(err)
			}
			if sent, ok := u.requests()[0].Header["X-Request-Id"]; ok {
				t.Errorf("want no request ID, got %q", sent)
			}
			u.wantCalls(t, 1)
		})
	}
}
