package rest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// failures records the reasons that a client reports.
func failures(t *testing.T, client *Client, call func(context.Context, *Client) error) []Reason {
	t.Helper()
	var reasons []Reason
	ctx := WithTrace(t.Context(), &Trace{Failed: func(_ context.Context, failure *Error) { reasons = append(reasons, failure.Reason()) }})
	if err := call(ctx, client); err == nil && len(reasons) == 0 {
		t.Error("the call succeeded")
	}
	return slices.Compact(reasons)
}

func readOne(ctx context.Context, client *Client) error {
	_, err := client.Conversation(ctx, conversationID)
	return err
}

// Each fault of a response has its reason, over HTTP/1.1 and HTTP/2.
func TestReason_Responses(t *testing.T) {
	t.Parallel()
	typed := func(contentType, encoding, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Content-Encoding", encoding)
			_, _ = io.WriteString(w, body)
		}
	}
	manyHeaders := func(count int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := range count {
				w.Header().Set(fmt.Sprintf("X-Filler-%d", i), strings.Repeat("a", 1<<10))
			}
			w.WriteHeader(http.StatusOK)
		}
	}
	raw := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, text)
				_ = conn.Close()
			}
		}
	}
	for name, test := range map[string]struct {
		handle http.HandlerFunc
		want   Reason
		only   string // the protocol in which the fault exists, "" for both
	}{
		"reset":                 {reset, ReasonReset, ""},
		"cut off":               {cutOff, ReasonReset, ""},
		"no response":           {raw(""), ReasonReset, "HTTP/1.1"},
		"hang":                  {hang, ReasonTimeout, ""},
		"not HTTP":              {raw("canary\r\n\r\n"), ReasonProtocol, "HTTP/1.1"},
		"headers too large":     {manyHeaders(70), ReasonTooLarge, ""},
		"headers far too large": {manyHeaders(200), ReasonProtocol, "HTTP/2"}, // net/http gives up the connection
		"body too large":        {respond(200, strings.Repeat(" ", maxBody+1)), ReasonTooLarge, ""},
		"a page":                {typed("text/html", "", "<html>"), ReasonNotJSON, ""},
		"no JSON":               {respond(200, `<html>`), ReasonUnreadable, ""},
		"another shape":         {respond(200, `[]`), ReasonUnreadable, ""},
		"no gzip":               {typed("application/json", "gzip", "{}{}{}{}{}{}"), ReasonUnreadable, ""},
		"500":                   {respond(500, `{}`), ReasonServerError, ""},
		"503":                   {respond(503, `{}`), ReasonServerError, ""},
		"429":                   {respond(429, `{}`), ReasonRateLimited, ""},
		"412":                   {respond(412, `{}`), ReasonEventLate, ""},
		"404":                   {respond(404, `{}`), ReasonRejected, ""},
		"302":                   {respond(302, `{}`), ReasonUnexpectedStatus, ""},
	} {
		for protocol, start := range map[string]func(*testing.T, http.HandlerFunc) *upstream{"HTTP/1.1": newPipeUpstream, "HTTP/2": newHTTP2Upstream} {
			if test.only != "" && test.only != protocol {
				continue
			}
			t.Run(name+" "+protocol, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					got := failures(t, start(t, test.handle).client(t, Config{}), readOne)
					wantEqual(t, "reasons", []Reason{test.want}, got)
				})
			})
		}
	}
}

// Each reason for having no connection.
func TestReason_Connections(t *testing.T) {
	t.Parallel()
	failing := func(err error) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
	}
	for name, test := range map[string]struct {
		base string
		dial func(context.Context, string, string) (net.Conn, error)
		want Reason
	}{
		"refused":     {base: "http://127.0.0.1:1", want: ReasonRefused},
		"link-local":  {base: "http://169.254.169.254", want: ReasonBlocked},
		"no name":     {dial: failing(&net.DNSError{Err: "no such host", Name: "canary", IsNotFound: true}), want: ReasonDNS},
		"no route":    {dial: failing(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), want: ReasonUnreachable},
		"no network":  {dial: failing(os.NewSyscallError("connect", syscall.ENETUNREACH)), want: ReasonUnreachable},
		"too late":    {dial: (&net.Dialer{Timeout: time.Nanosecond}).DialContext, want: ReasonConnectTimeout},
		"other error": {dial: failing(errors.New("canary")), want: ReasonReset},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := New(Config{BaseURL: "http://127.0.0.1:1", AllowHTTP: true})
			if test.base != "" {
				client, err = New(Config{BaseURL: test.base, AllowHTTP: true})
			}
			if err != nil {
				t.Fatal(err)
			}
			if test.dial != nil {
				client.pool.DialContext = test.dial
			}
			wantEqual(t, "reasons", []Reason{test.want}, failures(t, client, readOne))
		})
	}
}

// certificate returns a certificate for 127.0.0.1 that expires at end, signed by itself, and what is needed to trust it.
func certificate(t *testing.T, end time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: end, IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

// Each reason for a failed handshake.
func TestReason_TLS(t *testing.T) {
	t.Parallel()
	hour := time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		end    time.Time
		client *tls.Config
		trust  bool
		want   Reason
	}{
		"expired":           {time.Now().Add(-time.Minute), &tls.Config{}, true, ReasonTLSExpired},
		"another name":      {hour, &tls.Config{ServerName: "other.example"}, true, ReasonTLSName},
		"unknown authority": {hour, &tls.Config{}, false, ReasonTLSAuthority},
		"old version":       {hour, &tls.Config{MaxVersion: tls.VersionTLS12}, true, ReasonTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chain, pool := certificate(t, test.end)
			server := httptest.NewUnstartedServer(respond(http.StatusOK, `{}`))
			server.Config.ErrorLog = discardLog()
			server.TLS = &tls.Config{Certificates: []tls.Certificate{chain}, MinVersion: tls.VersionTLS13}
			server.StartTLS()
			t.Cleanup(server.Close)
			u := &upstream{url: server.URL}
			client := u.client(t, Config{})
			client.pool.TLSClientConfig = test.client
			if test.trust {
				client.pool.TLSClientConfig.RootCAs = pool
			}
			wantEqual(t, "reasons", []Reason{test.want}, failures(t, client, readOne))
		})
	}
	t.Run("no TLS", func(t *testing.T) {
		t.Parallel()
		u := newUpstream(t, respond(http.StatusOK, `{}`))
		u.url = strings.Replace(u.url, "http:", "https:", 1)
		wantEqual(t, "reasons", []Reason{ReasonTLS}, failures(t, u.client(t, Config{}), readOne))
	})
}

// Attempts that are not sent have reasons, too.
func TestReason_WithoutAttempt(t *testing.T) {
	t.Parallel()
	t.Run("breaker", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBreakerCase(t, Config{})
			b.open(t)
			wantEqual(t, "reasons", []Reason{ReasonBreaker}, failures(t, b.clients[2], callMessages))
		})
	})
	t.Run("rate budget", func(t *testing.T) {
		t.Parallel()
		client := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
		}).client(t, Config{})
		wantEqual(t, "first", []Reason{ReasonRateLimited}, failures(t, client, readOne))
		wantEqual(t, "second", []Reason{ReasonRateBudget}, failures(t, client, readOne))
	})
	t.Run("upload", func(t *testing.T) {
		t.Parallel()
		client := newUpstream(t, hangWithBody).client(t, Config{})
		got := failures(t, client, func(ctx context.Context, client *Client) error {
			token, err := NewUploadToken("token")
			if err != nil {
				return err
			}
			_, err = client.Upload(ctx, token, NewFile{Name: "a.txt", MimeType: "text/plain", Content: iotest.ErrReader(errors.New(canary))})
			return err
		})
		wantEqual(t, "reasons", []Reason{ReasonUpload}, got)
	})
	for want, end := range map[Reason]func(context.Context) (context.Context, context.CancelFunc){
		ReasonCanceled: context.WithCancel,
		ReasonDeadline: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newPipeUpstream(t, hang).client(t, Config{})
				got := failures(t, client, func(ctx context.Context, client *Client) error {
					ctx, cancel := end(ctx)
					time.AfterFunc(2*time.Second, cancel)
					return readOne(ctx, client)
				})
				wantEqual(t, "reasons", []Reason{want}, got)
			})
		})
	}
}

// The breaker warns once when it opens and once when it closes, however many probes fail in between.
func TestBreaker_WarnsOfChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var output bytes.Buffer
		withoutTime := func(_ []string, attribute slog.Attr) slog.Attr {
			if attribute.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attribute
		}
		b := newBreakerCase(t, Config{Log: slog.New(slog.NewTextHandler(&output, &slog.HandlerOptions{ReplaceAttr: withoutTime}))})
		b.open(t)
		b.sequence(t, 3, 6*time.Second, respond(http.StatusServiceUnavailable, `{}`))
		b.sequence(t, 2, 6*time.Second, respond(http.StatusOK, `[]`))
		wantEqual(t, "log", "level=WARN msg=\"circuit breaker changed\" op=\"GET /conversations/{conversationId}/messages\" from=closed to=open\n"+
			"level=WARN msg=\"circuit breaker changed\" op=\"GET /conversations/{conversationId}/messages\" from=open to=closed\n", output.String())
	})
}
