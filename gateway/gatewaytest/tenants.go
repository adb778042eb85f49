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
	words := regexp.MustCompile(`"(title|messageContent)":"([^"]* )`) // texts without a space are codes
	secrets := regexp.MustCompile(`"(providerPassword|password|authCode)":"[^"]+"`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number, found := strings.CutPrefix(r.Header.Get("X-Access-Token"), tenantToken)
		if !found {
			next.ServeHTTP(w, r)
			return
		}
		tenant, _ := strconv.Atoi(number)
		mark := Tenant(tenant).Mark()
		known := r.Clone(r.Context())
		known.Header.Set("X-Access-Token", sandbox.DemoTokens()[0].Token)
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, known)
		body := words.ReplaceAll(answer.Body.Bytes(), []byte(`"$1":"`+mark+`$1 $2`))
		body = secrets.ReplaceAll(body, []byte(`"$1":"`+mark+`$1"`))
		maps.Copy(w.Header(), answer.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = bytes.NewReader(body).WriteTo(w)
	})
}
