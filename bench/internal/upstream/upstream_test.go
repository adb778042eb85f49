package upstream

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func ask(t *testing.T, s *Server, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
	return answer
}

func listed(t *testing.T, s *Server, query string) []string {
	t.Helper()
	var rows []struct {
		ID string `json:"conversationId"`
	}
	if err := json.Unmarshal(ask(t, s, http.MethodGet, "/v2/conversations?"+query).Body.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids
}

func TestUpstream(t *testing.T) {
	t.Parallel()
	s, err := New(1000)
	if err != nil {
		t.Fatal(err)
	}
	all := s.IDs(1000)
	seen := map[string]bool{}
	for _, id := range all {
		seen[id] = true
	}
	if len(seen) != 1000 {
		t.Fatalf("%d different ids", len(seen))
	}
	for _, test := range []struct {
		name, query string
		want        []string
	}{
		{"the start", "limit=3", all[:3]},
		{"by default 100", "", all[:100]},
		{"later", "limit=20&skip=40", all[40:60]},
		{"copies", "limit=2&skip=998", all[998:]},
		{"behind the end", "limit=2&skip=1000", nil},
		{"a page by its name", "limit=100&fullTextSearch=p7", all[700:800]},
		{"a page behind the end", "limit=100&fullTextSearch=p10", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := listed(t, s, test.query); strings.Join(got, " ") != strings.Join(test.want, " ") {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	t.Run("a copy has its own id everywhere", func(t *testing.T) {
		t.Parallel()
		for _, part := range []string{"", "/messages"} {
			body := ask(t, s, http.MethodGet, "/v2/conversations/"+all[900]+part).Body.String()
			if !strings.Contains(body, all[900]) || strings.Contains(body, all[400]) {
				t.Errorf("%s: %.300s", part, body)
			}
		}
	})
}

func TestControl(t *testing.T) {
	t.Parallel()
	s, err := New(3)
	if err != nil {
		t.Fatal(err)
	}
	if total := ask(t, s, http.MethodGet, "/v2/conversations").Header().Get("X-Pagination-Totalcount"); total != "3" {
		t.Errorf("total: %s", total)
	}
	if status := ask(t, s, http.MethodGet, "/v2/conversations/none").Code; status != http.StatusNotFound {
		t.Errorf("status: %d", status)
	}
	if status := ask(t, s, http.MethodPost, LatencyPath+"?value=1ms").Code; status != http.StatusOK {
		t.Errorf("status: %d", status)
	}
	for _, want := range []string{"2", "0"} {
		if calls := ask(t, s, http.MethodGet, CallsPath).Body.String(); calls != want {
			t.Errorf("calls: %s, want %s", calls, want)
		}
	}
}
