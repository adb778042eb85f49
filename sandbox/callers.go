package sandbox

import (
	"net/http"
	"strings"
)

// DemoToken is an API token that the sandbox accepts.
type DemoToken struct {
	Token string // sent as X-Access-Token or as bearer token
	Name  string // name of the token's customer
	About string // the data that the token sees
}

// DemoTokens returns the tokens that every sandbox accepts, the one that sees most first.
func DemoTokens() []DemoToken {
	return []DemoToken{
		{"sandbox-agency", "Nordlicht Digital GmbH", "an agency with 500 conversations, every kind of message and one conversation from the future"},
		{"sandbox-bakery", "Bäckerei Sonnenschein", "a small shop with 24 conversations, three of them shared with the agency"},
		{"sandbox-freelancer", "Alex Freelance", "a freelancer with 5 conversations"},
	}
}

// caller is the user behind a token.
type caller struct {
	Token      string             `json:"token"`
	CustomerID string             `json:"customerId"`
	Profile    profile            `json:"profile"`
	Colleagues map[string]profile `json:"colleagues"` // by user ID, without former colleagues
}

// profile is a user's own account.
type profile struct {
	ID                  string                        `json:"userId"`
	Person              person                        `json:"person"`
	Email               string                        `json:"email,omitempty"`
	PhoneNumber         string                        `json:"phoneNumber,omitempty"`
	AvatarID            string                        `json:"avatarRef,omitempty"`
	IsEmployee          bool                          `json:"isEmployee"`
	RegisteredAt        timestamp                     `json:"registeredAt,omitzero"`
	MFA                 mfa                           `json:"mfa"`
	CustomerMemberships map[string]customerMembership `json:"customerMemberships"`
}

type person struct {
	Title     string `json:"title,omitempty"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
}

type mfa struct {
	Active bool `json:"active"`
	Setup  bool `json:"setup"`
}

type customerMembership struct {
	ID          string    `json:"id"`
	Role        string    `json:"role"`
	MemberSince timestamp `json:"memberSince"`
}

// tokenOf returns the token of a request. X-Access-Token takes precedence, because the API documents only that header.
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
