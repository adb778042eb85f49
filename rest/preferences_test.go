package rest

import (
	"net/http"
	"strings"
	"testing"
)

const customerID = "cccccccc-0000-4000-8000-000000000001"

func TestConversationPreferences(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want *ConversationPreferences
	}{
		"full": {
			`{"customerId":"` + strings.ToUpper(customerID) + `","preferredUsers":{"more":[1],"fallback":"u-1","categoryUserPairs":{"b":"u-2","a":"u-3","c":null,"d":{},"e":""}}}`,
			&ConversationPreferences{
				CustomerID: strings.ToUpper(customerID),
				PreferredUserIDs: PreferredUserIDs{
					FallbackUserID: "u-1",
					PreferredUsers: []*PreferredUser{{CategoryID: "a", UserID: "u-3"}, {CategoryID: "b", UserID: "u-2"}, {CategoryID: "d", UserID: derived, HasDerivedUserID: true}},
				},
			},
		},
		"twice": {
			`{"preferredUsers":{"categoryUserPairs":{"a":"u-1","b":"u-2","a":"u-3","b":null}}}`,
			&ConversationPreferences{CustomerID: customerID, PreferredUserIDs: PreferredUserIDs{PreferredUsers: []*PreferredUser{{CategoryID: "a", UserID: "u-3"}}}},
		},
		"empty": {`{}`, &ConversationPreferences{CustomerID: customerID, PreferredUserIDs: PreferredUserIDs{PreferredUsers: []*PreferredUser{}}}},
		"other kinds": {
			`{"customerId":null,"preferredUsers":{"fallback":["u-1"],"categoryUserPairs":["u-2"]},"more":{}}`,
			&ConversationPreferences{CustomerID: customerID, PreferredUserIDs: PreferredUserIDs{PreferredUsers: []*PreferredUser{}}},
		},
		"no users": {`{"preferredUsers":[]}`, &ConversationPreferences{CustomerID: customerID, PreferredUserIDs: PreferredUserIDs{PreferredUsers: []*PreferredUser{}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, respond(http.StatusOK, test.body))
			got, err := u.client(t, Config{}).ConversationPreferences(t.Context(), strings.ToUpper(customerID))
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, "preferences", test.want, got)
			wantEqual(t, "path", "/v2/customers/"+customerID+"/conversation-preferences", u.requests()[0].RequestURI)
		})
	}
}

func TestConversationPreferences_WrongKind(t *testing.T) {
	t.Parallel()
	_, err := newUpstream(t, respond(http.StatusOK, `[]`)).client(t, Config{}).ConversationPreferences(t.Context(), customerID)
	wantCode(t, err, BadResponse)
}

func TestConversationPreferences_References(t *testing.T) {
	t.Parallel()
	preferences := &ConversationPreferences{CustomerID: "c-1", PreferredUserIDs: PreferredUserIDs{FallbackUserID: "u-1"}}
	wantEqual(t, "customer", &Customer{Ref: Ref{ID: "c-1"}}, preferences.Customer())
	wantEqual(t, "fallback", &User{Ref: Ref{ID: "u-1"}}, preferences.FallbackUser())
	wantEqual(t, "preferred user", &User{Ref: Ref{ID: "u-2"}}, (&PreferredUser{UserID: "u-2"}).User())
	wantEqual(t, "user without an ID", &User{Ref: unidentified("u-3")}, (&PreferredUser{UserID: "u-3", HasDerivedUserID: true}).User())
	if got := new(ConversationPreferences).FallbackUser(); got != nil {
		t.Errorf("want no fallback, got %v", got)
	}
}

func TestPreferencesMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "ConversationPreferences", "", object, map[string]member[ConversationPreferences]{
		"customerId":     {`"x"`, func(p *ConversationPreferences) { p.CustomerID = "x" }},
		"preferredUsers": {`{"fallback":"x"}`, func(p *ConversationPreferences) { p.FallbackUserID = "x" }},
	})
}

func TestPreferredUsersMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "PreferredUserIDs", "", object, map[string]member[PreferredUserIDs]{
		"fallback":          {`"x"`, func(p *PreferredUserIDs) { p.FallbackUserID = "x" }},
		"categoryUserPairs": {`{"a":"b"}`, func(p *PreferredUserIDs) { p.PreferredUsers = []*PreferredUser{{CategoryID: "a", UserID: "b"}} }},
	})
}
