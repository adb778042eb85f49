package gatewaytest

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"

	"mstudio-graphql/sandbox"
)

// Tenant is a caller with the data of [Token] but a separate token, for an upstream wrapped by [Tenants].
type Tenant int

const tenantToken = "token-of-tenant-"

// Token returns the tenant's token.
func (t Tenant) Token() string { return tenantToken + strconv.Itoa(int(t)) }

// Mark returns the text that [Tenants] inserts into each text and secret of the tenant.
func (t Tenant) Mark() string { return fmt.Sprintf("mark-of-tenant-%d-", int(t)) }

// Marks returns all marks in a text.
func Marks(text string) []string {
	return regexp.MustCompile(`mark-of-tenant-\d+-`).FindAllString(text, -1)
}

// Tenants serves any number of tenants with the same objects and inserts the tenant's mark into each title, text and secret.
// A mark in another tenant's response shows that data was mixed up. Other callers are forwarded unchanged.
func Tenants(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number, found := strings.CutPrefix(r.Header.Get("X-Access-Token"), tenantToken)
		if !found {
			next.ServeHTTP(w, r)
			return
		}
		tenant, _ := strconv.Atoi(number)
		known := r.Clone(r.Context())
		known.Header.Set("X-Access-Token", sandbox.DemoTokens()[0].Token)
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, known)
		maps.Copy(w.Header(), answer.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = w.Write(Tenant(tenant).marked(answer.Body.Bytes()))
	})
}

// marked returns a JSON document with the tenant's mark. Splitting it takes a tenth of the time of a regular expression, of which
// the race detector would make half a minute.
func (t Tenant) marked(document []byte) []byte {
	quote := []byte{'"'}
	pieces := bytes.Split(document, quote)
	for i := 3; i < len(pieces); i++ {
		if string(pieces[i-1]) != ":" {
			continue
		}
		switch name := string(pieces[i-2]); name {
		case "title", "messageContent":
			if bytes.Contains(pieces[i], []byte{' '}) { // texts without a space are codes
				pieces[i] = append([]byte(t.Mark()+name+" "), pieces[i]...)
			}
		case "providerPassword", "password", "authCode":
			if len(pieces[i]) > 0 {
				pieces[i] = []byte(t.Mark() + name)
			}
		}
	}
	return bytes.Join(pieces, quote)
}
