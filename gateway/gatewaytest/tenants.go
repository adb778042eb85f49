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

// Tenant is a caller who sees what the demo caller with most sees, under a name of their own: for an upstream that is
// wrapped by [Tenants].
type Tenant int

const tenantToken = "token-of-tenant-"

// Token is what the tenant sends.
func (t Tenant) Token() string { return tenantToken + strconv.Itoa(int(t)) }

// Mark stands in each text and each secret that the tenant is given.
func (t Tenant) Mark() string { return fmt.Sprintf("mark-of-tenant-%d-", int(t)) }

// Marks finds the marks of all tenants in a text.
func Marks(text string) []string {
	return regexp.MustCompile(`mark-of-tenant-\d+-`).FindAllString(text, -1)
}

// Tenants lets any number of tenants ask for the very same things, and writes into each title, text and secret who has
// asked. So it shows at once if anybody is given what somebody else has fetched. Whoever is no tenant is passed on.
func Tenants(next http.Handler) http.Handler {
	words := regexp.MustCompile(`"(title|messageContent)":"([^"]* )`) // those without a blank are codes
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
