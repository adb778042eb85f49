package loader

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

// projectsUpTo returns references to the first projects of manyProjects.
func projectsUpTo(count int) []rest.Entity {
	references := make([]rest.Entity, count)
	for i := range references {
		references[i] = &rest.Project{Ref: rest.Ref{ID: projectID(i)}}
	}
	return references
}

// fetchAll fetches references and returns the outcome of each.
func fetchAll(t *testing.T, r *References, references []rest.Entity) []string {
	t.Helper()
	var all []string
	r.Fetch(t.Context(), references, func(index int, object rest.Entity, err error) {
		if index != len(all) || object == nil || !object.IsComplete() || object.EntityID() == "" {
			t.Errorf("%d: %+v", index, object)
		}
		all = append(all, outcome(object, err))
	})
	return all
}

func outcome(object rest.Entity, err error) string {
	if err != nil {
		return err.Error()
	}
	if project, ok := object.(*rest.Project); ok && project.ShortID != nil {
		return "found"
	}
	return string(object.Access())
}

func byIDs(count int) []string {
	var calls []string
	for i := range count {
		calls = append(calls, "me /v2/projects/"+projectID(i))
	}
	return calls
}

const listCall = "me /v2/projects?limit=1000"

func TestReferences_IndividualOrListed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		references []rest.Entity
		threshold  int
		calls      []string
	}{
		"none":                {nil, 0, nil},
		"one":                 {projectsUpTo(1), 0, byIDs(1)},
		"at the threshold":    {projectsUpTo(4), 0, byIDs(4)},
		"above the threshold": {projectsUpTo(5), 0, []string{listCall}},
		"fifty":               {projectsUpTo(50), 0, []string{listCall}},
		"duplicates":          {slices.Repeat(projectsUpTo(3), 5), 0, byIDs(3)},
		"in two spellings":    {append(projectsUpTo(4), &rest.Project{Ref: rest.Ref{ID: strings.ToUpper(projectID(0))}}), 0, byIDs(4)},
		"low threshold":       {projectsUpTo(2), 1, []string{listCall}},
		"no lists":            {projectsUpTo(9), -1, byIDs(9)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, manyProjects(50))
			loaders := up.loaders(t, "me")
			loaders.BulkThreshold = test.threshold
			got := fetchAll(t, loaders.StartReferences(0, noParents), test.references)
			if diff := cmp.Diff(slices.Repeat([]string{"found"}, len(test.references)), got); diff != "" && len(got) > 0 {
				t.Errorf("-want +got\n%s", diff)
			}
			up.wantCalls(t, test.calls...)
		})
	}
}

// Objects that the list lacks are fetched individually: the list has a limit, and the caller may read other objects.
func TestReferences_MissingInTheList(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("/", manyProjects(3))
	mux.Handle("/v2/projects/"+projectID(4), respond(http.StatusForbidden, "{}"))
	up := newUpstream(t, mux)
	got := fetchAll(t, up.loaders(t, "me").StartReferences(0, noParents), projectsUpTo(5))
	want := []string{"found", "found", "found", "found", "forbidden"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	up.wantCalls(t, append(byIDs(5)[3:], listCall)...)
}

// If the caller may not read the list, objects are fetched individually. If mStudio is unavailable, they are not.
func TestReferences_WithoutAList(t *testing.T) {
	t.Parallel()
	failed := "GET /projects: upstream unavailable (status 500)"
	for name, test := range map[string]struct {
		status int
		body   string
		want   string
		calls  []string
	}{
		"forbidden":   {http.StatusForbidden, "{}", "found", append(byIDs(5), listCall)},
		"no list":     {http.StatusOK, "{}", "found", append(byIDs(5), listCall)},
		"unavailable": {http.StatusInternalServerError, "{}", failed, []string{listCall}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.Handle("/", manyProjects(9))
			mux.Handle("/v2/projects", respond(test.status, test.body))
			up := newUpstream(t, mux)
			loaders := up.loaders(t, "me")
			got := fetchAll(t, loaders.StartReferences(0, noParents), projectsUpTo(5))
			if diff := cmp.Diff(slices.Repeat([]string{test.want}, 5), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			// Entity returns the same without a call.
			if got := outcome(loaders.Entity(t.Context(), projectsUpTo(1)[0])); got != test.want {
				t.Errorf("executor: want %s, got %s", test.want, got)
			}
			up.wantCalls(t, test.calls...)
		})
	}
}

// The choice of a list applies to later steps of a result and to results within it, and to no other result.
func TestReferences_InheritTheChoice(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, manyProjects(9))
	loaders := up.loaders(t, "me")
	outer := loaders.StartReferences("outer", noParents)
	fetchAll(t, outer, projectsUpTo(5))
	up.wantCalls(t, listCall)
	fetchAll(t, outer, projectsUpTo(7)[6:])
	within := loaders.StartReferences("inner", func(yield func(any) bool) { _ = yield("field") && yield("outer") && yield("none") })
	fetchAll(t, within, projectsUpTo(2))
	up.wantCalls(t)
	beside := loaders.StartReferences("beside", func(yield func(any) bool) { yield("elsewhere") })
	fetchAll(t, beside, projectsUpTo(2))
	up.wantCalls(t, byIDs(2)...)
	fetchAll(t, beside, projectsUpTo(5))
	up.wantCalls(t) // the list is cached
}

func TestReferences_SeveralTypes(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("/", respond(http.StatusOK, "{}"))
	mux.Handle("/v2/projects", manyProjects(9))
	mux.Handle("/v2/servers/", respond(http.StatusNotFound, "{}"))
	up := newUpstream(t, mux)
	references := append(projectsUpTo(5),
		&rest.PlacementGroup{Ref: rest.Ref{ID: idA}}, &rest.AppInstallation{Ref: rest.Ref{ID: idB}}, &rest.Project{Ref: rest.Ref{ID: "p-1"}}, &rest.User{Ref: rest.Ref{ID: idC}})
	got := fetchAll(t, up.loaders(t, "me").StartReferences(0, noParents), references)
	// An invalid ID costs no call.
	want := append(slices.Repeat([]string{"found"}, 5), "gone", "visible", "upstream bad response", "visible")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	calls := []string{listCall, "me /v2/servers/" + idA, "me /v2/app-installations/" + idB, "me /v2/users/" + idC}
	up.wantCalls(t, calls...)
}

// Objects of types without a list are always fetched individually.
func TestReferences_TypeWithoutAList(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, respond(http.StatusOK, "{}"))
	var references []rest.Entity
	var calls []string
	for i := range 30 {
		references = append(references, &rest.AppInstallation{Ref: rest.Ref{ID: projectID(i)}})
		calls = append(calls, fmt.Sprint("me /v2/app-installations/", projectID(i)))
	}
	fetchAll(t, up.loaders(t, "me").StartReferences(0, noParents), references)
	up.wantCalls(t, calls...)
}

// Entity returns objects that References has fetched, without a call.
func TestEntity(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, manyProjects(9))
	loaders := up.loaders(t, "me")
	ask := func(reference rest.Entity) string { return outcome(loaders.Entity(t.Context(), reference)) }
	if got := ask(projectsUpTo(1)[0]); got != "found" {
		t.Error(got)
	}
	up.wantCalls(t, byIDs(1)...)
	fetchAll(t, loaders.StartReferences(0, noParents), projectsUpTo(6))
	up.wantCalls(t, listCall)
	for _, reference := range projectsUpTo(6) {
		if got := ask(reference); got != "found" {
			t.Error(got)
		}
	}
	if got := ask(&rest.Project{Ref: rest.Ref{ID: "p-1"}}); got != "upstream bad response" {
		t.Error(got)
	}
	up.wantCalls(t)
}

// EntityByID costs one call whether or not the operation reads the list as well.
func TestEntityByID(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, manyProjects(9))
	loaders := up.loaders(t, "me")
	fetchAll(t, loaders.StartReferences(0, noParents), projectsUpTo(6))
	up.wantCalls(t, listCall)
	for range 2 {
		if got := outcome(loaders.EntityByID(t.Context(), projectsUpTo(1)[0])); got != "found" {
			t.Error(got)
		}
	}
	up.wantCalls(t, byIDs(1)...)
}
