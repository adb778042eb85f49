package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/bench/internal/load"
)

func TestParseOptions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, arguments, wantError string }{
		{"none", "", ""},
		{"a choice", "-shapes inbox,list -variants floor,gateway -sizes 10,1000 -rounds 2", ""},
		{"an unknown variant", "-variants flor", `unknown variant "flor"`},
		{"a size that is not a whole page", "-sizes 150", "-sizes"},
		{"no rounds", "-rounds 0", "-rounds"},
		{"streams", "-streams 10 -idle 1s", ""},
		{"a negative number of streams", "-streams -1", "-procs"},
		{"an argument", "inbox", "unexpected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := parseOptions(strings.Fields(test.arguments), io.Discard)
			switch {
			case test.wantError == "" && err != nil:
				t.Error(err)
			case test.wantError != "" && (err == nil || !strings.Contains(err.Error(), test.wantError)):
				t.Errorf("got %v, want an error with %q", err, test.wantError)
			}
		})
	}
}

func TestAgree(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, floor, gateway, want string
		fails                      bool
	}{
		{"the same bytes", `{"a":"<"}`, `{"a":"<"}`, "all", false},
		{"the same JSON", `{"b":1,"a":"\u003c"}`, `{"a":"<","b":1}`, "all but floor", false},
		{"other values", `{"a":1}`, `{"a":2}`, "", true},
		{"a number of another precision", `{"a":1.0}`, `{"a":1}`, "", true},
		{"more", `{"a":1}`, `{"a":1,"b":2}`, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := agree("shape", []answer{{variant: floorName, data: []byte(test.floor)}, {variant: gatewayName, data: []byte(test.gateway)}})
			if got != test.want || (err != nil) != test.fails {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestDataOf(t *testing.T) {
	t.Parallel()
	if data, err := dataOf([]byte(`{"data":{"a": 1}}`)); err != nil || string(data) != `{"a": 1}` {
		t.Errorf("got %s, %v", data, err)
	}
	for _, bad := range []string{`{"errors":[{"message":"no"}],"data":{"a":null}}`, `{}`, `no`} {
		if _, err := dataOf([]byte(bad)); err == nil {
			t.Errorf("want an error for %s", bad)
		}
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	floor, own := &samples{}, &samples{}
	result := load.Result{Latencies: []time.Duration{time.Millisecond, 3 * time.Millisecond}, Elapsed: time.Second}
	for round, cpu := range []time.Duration{20, 30, 20} {
		floor.add(result, 10*time.Millisecond, nil, nil, 2)
		own.add(result, cpu*time.Millisecond, &allocated{uint64(100 * round), 0}, &allocated{uint64(100*round + 50), 2048}, 4)
	}
	if diff := cmp.Diff([]float64{2, 3, 2}, own.ratios(floor)); diff != "" {
		t.Errorf("ratios (-want +got):\n%s", diff)
	}
	want := []string{"own", "10", "2.00 (2.00–3.00)", "2", "1", "3", "0", "25", "1", "2", "0"}
	if diff := cmp.Diff(want, own.row("own", floor)); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	if own.row("own", nil)[2] != "–" {
		t.Error("a ratio without a measured floor")
	}
}

func TestFigure(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{0: "0", 0.1234: "0.123", 1.234: "1.23", 51: "51", 12.34: "12.3", 1234.5: "1234"} {
		if got := figure(value); got != want {
			t.Errorf("%v: got %s, want %s", value, got, want)
		}
	}
}
