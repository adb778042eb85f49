package gateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// mutatedRow is a row of the list of conversations, with %d in the places of what differs between rows.
const mutatedRow = `{"conversationId":"00000000-0000-4000-8000-00000000000%[1]d","shortId":"c-%[1]d","title":"t","status":"open","visibility":"shared",
	"createdAt":"2026-07-01T09:15:00Z","createdBy":{"userId":"u-%[1]d","clearName":"Anna"},"category":{"categoryId":"k-%[1]d","name":"n","referenceType":["project","server"]},
	"notificationRoles":["customer_owner","project_owner"],"relatedTo":{"domain":"project","aggregate":"project","id":"p-%[1]d"},
	"relations":[{"domain":"ingress","aggregate":"domain","id":"i-%[1]d"},{"domain":"ingress","aggregate":"domain","id":"j-%[1]d"}]}`

const mutatedQuery = `{ conversations(first: 10) { nodes {
	id shortId title status rawStatus visibility createdAt createdBy { id name } category { id name referenceTypes rawReferenceTypes }
	notificationRoles rawNotificationRoles relatedTo { ... on Reference { id domain } } relations { id domain aggregate }
} } }`

// mutatedConversation has the parts of a conversation that can have too few elements, or no ID.
type mutatedConversation struct {
	ID                string
	CreatedBy         *struct{ ID string }
	Category          *struct{ ID string }
	NotificationRoles []string
	Relations         []struct{ ID string }
}

type mutatedAnswer struct {
	Data *struct {
		Conversations *struct{ Nodes []json.RawMessage }
	}
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// Whatever the value of a member or an element becomes, the response is valid, other conversations are unchanged, and a missing
// conversation is an error.
func TestRandomMutations_ThroughTheGateway(t *testing.T) {
	t.Parallel()
	var body atomic.Value
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	upstream.Intercept(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, body.Load())
		})
	})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	rows := []string{fmt.Sprintf(mutatedRow, 1), fmt.Sprintf(mutatedRow, 2), fmt.Sprintf(mutatedRow, 3)}
	ask := func(rows []string) mutatedAnswer {
		body.Store("[" + strings.Join(rows, ",") + "]")
		return decode[mutatedAnswer](t, server.Query(t, gatewaytest.Token(), mutatedQuery, nil).Body)
	}
	first := ask(rows)
	if first.Data == nil || first.Data.Conversations == nil {
		t.Fatalf("no list: %v", first.Errors)
	}
	full := first.Data.Conversations.Nodes
	random := rand.New(rand.NewPCG(1, 1))
	for range 1000 / slowness {
		var row any
		if err := json.Unmarshal([]byte(rows[1]), &row); err != nil {
			t.Fatal(err)
		}
		changed := string(encode(t, changeValue(random, row)))
		answer := ask([]string{rows[0], changed, rows[2]})
		if answer.Data == nil || answer.Data.Conversations == nil {
			t.Fatalf("%s: no data", changed)
		}
		wantMutated(t, changed, full, answer)
	}
}

func encode(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// changeValue replaces a random value within value by one of another kind.
func changeValue(random *rand.Rand, value any) any {
	if random.IntN(4) > 0 {
		switch value := value.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(value))
			key := keys[random.IntN(len(keys))]
			value[key] = changeValue(random, value[key])
			return value
		case []any:
			if len(value) > 0 {
				i := random.IntN(len(value))
				value[i] = changeValue(random, value[i])
				return value
			}
		}
	}
	others := []any{nil, 7, true, "text", "", []any{}, map[string]any{}, map[string]any{"value": value}, []any{value}}
	return others[random.IntN(len(others))]
}

func wantMutated(t *testing.T, changed string, full []json.RawMessage, got mutatedAnswer) {
	t.Helper()
	nodes := got.Data.Conversations.Nodes
	if len(nodes) == len(full)-1 && len(got.Errors) == 1 && got.Errors[0].Extensions.Code == "UPSTREAM_BAD_RESPONSE" {
		nodes = []json.RawMessage{nodes[0], nil, nodes[1]}
	}
	if len(nodes) != len(full) {
		t.Fatalf("%s: %d conversations, errors: %v", changed, len(nodes), got.Errors)
	}
	for _, i := range []int{0, 2} {
		if diff := cmp.Diff(string(full[i]), string(nodes[i])); diff != "" {
			t.Fatalf("%s: another row has changed (-want +got):\n%s", changed, diff)
		}
	}
	if nodes[1] == nil {
		return
	}
	row := decode[mutatedConversation](t, nodes[1])
	if row.ID == "" || row.CreatedBy != nil && row.CreatedBy.ID == "" || row.Category != nil && row.Category.ID == "" {
		t.Errorf("%s: an object has no ID: %s", changed, nodes[1])
	}
	for _, relation := range row.Relations {
		if relation.ID == "" {
			t.Errorf("%s: a relation has no ID: %s", changed, nodes[1])
		}
	}
}
