package gateway_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/gatewaytest/querygen"
	"mstudio-graphql/sandbox"
)

const defaultMutations = 150

// TestRendererEqualsExecutor_Mutations runs DIFFERENTIAL_MUTATIONS mutations from seed DIFFERENTIAL_SEED on. Each of
// the two gateways has a new sandbox for each mutation.
func TestRendererEqualsExecutor_Mutations(t *testing.T) {
	t.Parallel()
	cases, first := setting(t, "DIFFERENTIAL_MUTATIONS", defaultMutations), setting(t, "DIFFERENTIAL_SEED", 0)
	lab := newLaboratory(t)
	pools := lab.pools(t)
	pools.Messages = []string{"2fbe0298-b9cf-5c60-bdda-27d0fd5828a0", "d63f5c6d-d803-51e1-b8ec-910521875e9e"}
	generator := querygen.New(lab.schema, pools)
	selected := map[string]bool{}
	failed, rejected := 0, 0
	for seed := first; seed < first+cases && !t.Failed(); seed++ {
		mutation := generator.Mutation(seed)
		for name := range mutation.Selected {
			selected[name] = true
		}
		result := compareMutation(t, seed, mutation)
		checkNulls(t, lab.schema, mutation.Query, "", result.body)
		if result.failed {
			failed++
		}
		if result.rejected {
			rejected++
		}
	}
	if cases < defaultMutations || t.Failed() {
		return
	}
	t.Logf("%d mutations, %d rejected, %d with errors", cases, rejected, failed)
	if rejected*20 > int(cases) || failed*20 < int(cases) {
		t.Error("want less than 5 % rejected and more than 5 % with errors")
	}
	for _, name := range querygen.Mutations() {
		payload := lab.schema.Types[lab.schema.Mutation.Fields.ForName(name).Type.Name()]
		for _, field := range payload.Fields {
			if !selected[payload.Name+"."+field.Name] {
				t.Errorf("%s.%s was never selected", payload.Name, field.Name)
			}
		}
	}
	wantAllMutations(t, lab.schema)
}

// wantAllMutations fails if querygen does not generate a mutation, except requestFileUpload, whose results are unique.
func wantAllMutations(t *testing.T, schema *ast.Schema) {
	t.Helper()
	for _, field := range schema.Mutation.Fields {
		if field.Name != "requestFileUpload" && !slices.Contains(querygen.Mutations(), field.Name) {
			t.Errorf("querygen does not generate %s", field.Name)
		}
	}
}

// compareMutation sends a mutation to both gateways and compares the results.
func compareMutation(t *testing.T, seed uint64, mutation *querygen.Case) outcome {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": mutation.Query, "variables": mutation.Variables(0)})
	if err != nil {
		t.Fatal(err)
	}
	// One of three mutations has upstream failures.
	conditions := faults{seed: seed, failures: []int{0, 0, 12}[seed%3]}
	bodies, calls := [2][]byte{}, [2][]string{}
	for i, without := range []bool{false, true} {
		bodies[i], calls[i] = mutate(t, gateway.Config{NoRenderer: without, KeepCategories: -1, Limits: unlimited()}, conditions, body)
	}
	if !bytes.Equal(bodies[0], bodies[1]) {
		t.Errorf("seed %d\n%s\n%s", seed, body, firstDifference(bodies[0], bodies[1]))
	}
	result := outcome{
		rejected: bytes.HasPrefix(bodies[1], []byte(`{"errors":`)) && !bytes.Contains(bodies[1], []byte(`"data":`)),
		failed:   bytes.HasPrefix(bodies[1], []byte(`{"errors":`)),
		body:     bodies[1],
	}
	if result.rejected {
		t.Logf("seed %d rejected: %.300s", seed, bodies[1])
	}
	// If an object cannot be read, its prefetched calls may be cancelled before they are sent.
	if !result.failed && !slices.Equal(calls[0], calls[1]) {
		t.Errorf("seed %d\n%s\ncalls with the renderer:\n\t%s\ncalls without the renderer:\n\t%s", seed, body,
			strings.Join(calls[0], "\n\t"), strings.Join(calls[1], "\n\t"))
	}
	return result
}

// mutate runs a mutation against a new sandbox.
func mutate(t *testing.T, config gateway.Config, conditions faults, body []byte) ([]byte, []string) {
	t.Helper()
	noon := time.Date(2026, time.September, 1, 12, 0, 0, 0, time.UTC)
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{Now: func() time.Time { return noon }})
	defer upstream.Close()
	upstream.Intercept(func(next http.Handler) http.Handler {
		next = accessUntilAugust(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { conditions.serve(w, r, next) })
	})
	server := gatewaytest.NewServer(t, upstream, config)
	defer server.Close()
	answer := call{body: string(body), header: http.Header{"Accept-Encoding": {"identity"}, "X-Request-Id": {"the-same"}}}.send(t, server)
	text := bytes.ReplaceAll(answer.Body, []byte(upstream.URL), []byte("http://upstream"))
	return fileLink.ReplaceAll(text, []byte("a link")), upstream.TakeCalls()
}
