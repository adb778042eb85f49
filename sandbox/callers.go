package sandbox

import (
	"net/http"
	"strings"
)

// The demo tokens. They guard nothing but invented data.
const (
	agencyToken     = "sandbox-agency"
	bakeryToken     = "sandbox-bakery"
	freelancerToken = "sandbox-freelancer"
)

// DemoToken is an API token that the sandbox accepts.
type DemoToken struct {
	Token string // to be sent as X-Access-Token or as bearer token
	Name  string // the customer that the token belongs to
	About string // what the token sees, in one sentence
}

// DemoTokens returns the tokens that every sandbox accepts, the one that sees most first.
func DemoTokens() []DemoToken {
	return []DemoToken{
		{agencyToken, "Nordlicht Digital GmbH", "an agency with 500 conversations, every kind of message and one conversation from the future"},
		{bakeryToken, "Bäckerei Sonnenschein", "a small shop with 24 conversations, three of them shared with the agency"},
		{freelancerToken, "Alex Freelance", "a freelancer with 5 conversations"},
	}
}

// caller is the user behind a token.
type caller struct {
	token      string
	customerID string
	profile    profile
	colleagues map[string]profile // by user id; not those who have left
}

// tokenOf reads the token of a request. X-Access-Token wins, because it is the documented way.
func tokenOf(r *http.Request) string {
	if token := r.Header.Get("X-Access-Token"); token != "" {
		return token
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
