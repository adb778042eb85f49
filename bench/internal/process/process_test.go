package process

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, stat string
		want       time.Duration
		fails      bool
	}{
		{"a usual line", "4242 (gateway) S 1 4242 4242 0 -1 4194560 2024 0 0 0 151 49 0 0 20 0 9 0 123 0 0", 2 * time.Second, false},
		{"a name with spaces and parentheses", "7 (a) S (b c) R 1 1 1 0 -1 0 0 0 0 0 1 2 0 0 20 0", 30 * time.Millisecond, false},
		{"a short line", "7 (a) S 1", 0, true},
		{"no line", "", 0, true},
		{"no number", "7 (a) S 1 1 1 0 -1 0 0 0 0 0 x 2 0 0 20 0", 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := parseStat([]byte(test.stat))
			if (err != nil) != test.fails || got != test.want {
				t.Errorf("got %v, %v; want %v, error: %v", got, err, test.want, test.fails)
			}
		})
	}
}

func TestParseStatus(t *testing.T) {
	t.Parallel()
	const status = "Name:\tgateway\nVmPeak:\t 1234567 kB\nVmHWM:\t   20480 kB\nVmRSS:\t 10240 kB\n"
	got, err := parseStatus([]byte(status), "VmHWM")
	if err != nil || got != 20<<20 {
		t.Errorf("got %d, %v", got, err)
	}
	if _, err := parseStatus([]byte(status), "VmSwap"); err == nil {
		t.Error("want an error for a missing size")
	}
	if _, err := parseStatus([]byte("VmHWM:\tmuch kB\n"), "VmHWM"); err == nil {
		t.Error("want an error for an invalid size")
	}
}

// script returns a program that runs a shell script.
func script(t *testing.T, body string) Program {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux")
	}
	return Program{Name: "script", Path: "/bin/sh", Args: []string{"-c", body}, Log: filepath.Join(t.TempDir(), "log")}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	p, err := Start(t.Context(), script(t, `echo serving http://127.0.0.1:1; while :; do :; done`))
	if err != nil {
		t.Fatal(err)
	}
	if p.Base != "http://127.0.0.1:1" {
		t.Errorf("base: %q", p.Base)
	}
	for used := time.Duration(0); used < 20*time.Millisecond; {
		if used, _, err = p.CPU(); err != nil {
			t.Fatal(err)
		}
	}
	stat, err := os.ReadFile(p.file("stat"))
	if err != nil {
		t.Fatal(err)
	}
	inTicks, err := parseStat(stat)
	if err != nil {
		t.Fatal(err)
	}
	used, _, err := p.CPU()
	if err != nil || used+20*time.Millisecond < inTicks {
		t.Errorf("used %v (%v), %v in ticks", used, err, inTicks)
	}
	if size, err := p.MaxRSS(); err != nil || size < 100<<10 {
		t.Errorf("%d bytes, %v", size, err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if p.Alive() == nil {
		t.Error("the program still runs")
	}
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	if _, err := Start(t.Context(), script(t, `echo no >&2; exit 3`)); err == nil {
		t.Error("want an error for a program that ends immediately")
	}
}
