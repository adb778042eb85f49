package loader

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

const reference = `{"conversationId":"%ID","relatedTo":{"id":"%OF","domain":"%D","aggregate":"%A"}}`

// rowAbout returns a conversation about an object.
func rowAbout(id, domain, aggregate, of string) string {
	return strings.NewReplacer("%ID", id, "%OF", of, "%D", domain, "%A", aggregate).Replace(reference)
}

// objects is an upstream whose lists have these responses, by path.
func objects(lists map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, found := lists[r.URL.Path]; found {
			respond(http.StatusOK, body)(w, r)
			return
		}
		respond(http.StatusForbidden, `{}`)(w, r)
	})
}

// rolledUp returns the IDs of conversations by owner.
func rolledUp(rollup *Rollup) map[string][]string {
	found := map[string][]string{}
	for owner, rows := range rollup.ByOwner {
		for _, row := range rows {
			found[owner] = append(found[owner], row.ID)
		}
	}
	return found
}

func TestRollUp(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, objects(map[string]string{
		"/v2/conversations": "[" + strings.Join([]string{
			rowAbout(rowID(0), "extension", "extensionInstance", strings.ToUpper(idA)), rowAbout(rowID(1), "project", "project", idB),
			rowAbout(rowID(2), "customer", "customer", idC), rowAbout(rowID(3), "user", "user", idC),
			rowAbout(rowID(4), "extension", "extensionInstance", rowID(9)), rowAbout(rowID(5), "brand", "new", idA), `{"conversationId":"` + rowID(6) + `"}`,
		}, ",") + "]",
		"/v2/extension-instances": `[{"id":"` + idA + `","aggregateReference":{"id":"` + idB + `","domain":"project","aggregate":"project"}}]`,
		"/v2/projects":            `[{"id":"` + strings.ToUpper(idB) + `","customerId":"` + idC + `"},{"id":"` + idC + `"}]`,
	}))
	loaders := u.loaders(t, "me")
	list, err := loaders.FullList(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	u.wantCalls(t, scanCall(0))
	for range 2 {
		ofProjects, err := loaders.RollUp(t.Context(), list, &rest.Project{})
		if err != nil || !ofProjects.IsWhole {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string][]string{idB: {rowID(0), rowID(1)}}, rolledUp(ofProjects)); diff != "" {
			t.Errorf("projects (-want +got):\n%s", diff)
		}
	}
	u.wantCalls(t, "me /v2/extension-instances?limit=1000")
	ofCustomers, err := loaders.RollUp(t.Context(), list, &rest.Customer{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{idC: {rowID(0), rowID(1), rowID(2)}}, rolledUp(ofCustomers)); diff != "" {
		t.Errorf("customers (-want +got):\n%s", diff)
	}
	u.wantCalls(t, "me /v2/projects?limit=1000")
}

// An object that a truncated list lacks may have an owner.
func TestRollUp_Truncated(t *testing.T) {
	t.Parallel()
	rows := slices.Repeat([]string{`{"id":"` + idB + `","projectId":"` + idC + `"}`}, rest.EntityLimit)
	for id, want := range map[string]bool{idA: false, idB: true} {
		u := newUpstream(t, objects(map[string]string{
			"/v2/conversations": "[" + rowAbout(rowID(0), "app", "appinstallation", id) + "]", "/v2/app-installations": "[" + strings.Join(rows, ",") + "]",
		}))
		loaders := u.loaders(t, "me")
		list, err := loaders.FullList(t.Context(), rest.ConversationList{})
		if err != nil {
			t.Fatal(err)
		}
		rollup, err := loaders.RollUp(t.Context(), list, &rest.Project{})
		if err != nil || rollup.IsWhole != want || (len(rollup.ByOwner[idC]) == 1) != want {
			t.Errorf("%s: got %+v, %v", id, rollup, err)
		}
	}
}

func TestRollUp_Refused(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, objects(map[string]string{"/v2/conversations": "[" + rowAbout(rowID(0), "container", "container", idA) + "]"}))
	loaders := u.loaders(t, "me")
	list, err := loaders.FullList(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = loaders.RollUp(t.Context(), list, &rest.Project{})
	wantCode(t, err, rest.Forbidden)
}

// Extensions that belong to each other have no owner.
func TestRollUp_Circle(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, objects(map[string]string{
		"/v2/conversations": "[" + rowAbout(rowID(0), "extension", "extensionInstance", idA) + "]",
		"/v2/extension-instances": `[{"id":"` + idA + `","aggregateReference":{"id":"` + idB + `","domain":"extension","aggregate":"extensionInstance"}},
			{"id":"` + idB + `","aggregateReference":{"id":"` + idA + `","domain":"extension","aggregate":"extensionInstance"}}]`,
	}))
	loaders := u.loaders(t, "me")
	list, err := loaders.FullList(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	rollup, err := loaders.RollUp(t.Context(), list, &rest.Customer{})
	if err != nil || len(rollup.ByOwner) > 0 {
		t.Errorf("got %v, %v", rolledUp(rollup), err)
	}
}
