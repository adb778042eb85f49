package config

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/rest"
)

// ownMetrics returns the definition of every series by name. A histogram has three series.
func ownMetrics(t *testing.T) map[string]metrics.Definition {
	t.Helper()
	counted, err := metrics.New(prometheus.NewRegistry(), func() rest.BreakerState { return rest.BreakerClosed })
	if err != nil {
		t.Fatal(err)
	}
	series := map[string]metrics.Definition{}
	for _, metric := range append(counted.Definitions(), process.BuildMetric()) {
		if metric.Kind != "histogram" {
			series[metric.Name] = metric
			continue
		}
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			series[metric.Name+suffix] = metric
		}
	}
	return series
}

var (
	ownMetric = regexp.MustCompile(`mstudio_graphql_[a-z_]+(?:\{([^}]*)\})?`)
	labelName = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)`)
)

// checkQueries reports unknown metrics and labels in text and returns the metrics that it uses.
func checkQueries(t *testing.T, where, text string) (used map[string]bool) {
	t.Helper()
	series, used := ownMetrics(t), map[string]bool{}
	for _, found := range ownMetric.FindAllStringSubmatch(text, -1) {
		name, _, _ := strings.Cut(found[0], "{")
		metric, known := series[name]
		if !known {
			t.Errorf("%s: unknown metric %s", where, name)
		}
		for _, label := range labelName.FindAllStringSubmatch(found[1], -1) {
			if !slices.Contains(append(metric.Labels, "le"), label[1]) {
				t.Errorf("%s: %s has no label %s", where, name, label[1])
			}
		}
		used[metric.Name] = true
	}
	return used
}

// Alerts use existing metrics and link to their section in the runbook.
func TestAlerts(t *testing.T) {
	t.Parallel()
	rules := readText(t, "../../deploy/prometheus/alerts.yaml")
	if used := checkQueries(t, "alerts.yaml", rules); len(used) < 5 {
		t.Errorf("only %d metrics are used", len(used))
	}
	page := readText(t, operationsPage)
	alerts := regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(rules, -1)
	if len(alerts) < 8 {
		t.Errorf("only %d alerts", len(alerts))
	}
	for _, alert := range alerts {
		if !strings.Contains(page, "\n### "+alert[1]+"\n") {
			t.Errorf("%s has no section %s", operationsPage, alert[1])
		}
		if !strings.Contains(rules, "runbook_url: "+strings.TrimPrefix(operationsPage, "../../")+"#"+strings.ToLower(alert[1])+"\n") {
			t.Errorf("%s does not link to its section in %s", alert[1], operationsPage)
		}
	}
	for _, code := range regexp.MustCompile(`[A-Z]+(?:_[A-Z]+)+`).FindAllString(rules, -1) {
		if !strings.Contains(readText(t, "../../graph/model/code.go"), `"`+code+`"`) {
			t.Errorf("unknown code %s", code)
		}
	}
}

// The dashboard shows every metric and uses only existing ones.
func TestDashboard(t *testing.T) {
	t.Parallel()
	var dashboard struct {
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(readText(t, "../../deploy/grafana/dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	shown, ids := map[string]bool{}, map[int]bool{}
	for _, panel := range dashboard.Panels {
		if ids[panel.ID] || panel.GridPos.X+panel.GridPos.W > 24 {
			t.Errorf("%s: duplicate ID, or too wide", panel.Title)
		}
		ids[panel.ID] = true
		for _, target := range panel.Targets {
			for name := range checkQueries(t, panel.Title, target.Expr) {
				shown[name] = true
			}
		}
	}
	for _, metric := range ownMetrics(t) {
		if !shown[metric.Name] {
			t.Errorf("no panel shows %s", metric.Name)
		}
	}
}
