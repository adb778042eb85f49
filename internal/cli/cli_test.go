package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestInvalidArgument(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	err := Run(t.Context(), []string{"--max-calls=0", "--listen=127.0.0.1:0"}, &stdout, &stderr)
	if err == nil || err.Error() != "serve: --max-calls must be at least 1 (try --help)" {
		t.Errorf("exited with %v", err)
	}
	if stdout.Len()+stderr.Len() > 0 {
		t.Errorf("prints %s%s", &stdout, &stderr)
	}
}

// --help lists every flag with its variable, in groups, with and without the name of the command, and runs nothing.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{{"--help"}, {"serve", "--help"}, {"--help", "--max-calls=0"}} {
		var stdout, stderr bytes.Buffer
		if err := Run(t.Context(), arguments, &stdout, &stderr); err != nil {
			t.Errorf("%v: exited with %v", arguments, err)
		}
		got := stdout.String()
		for _, flag := range serveFlags(t) {
			if !strings.Contains(got, "--"+flag.Name) || !strings.Contains(got, "$"+flag.Envs[0]) {
				t.Errorf("%v: no %s, or no variable", arguments, flag.Name)
			}
		}
		last := 0
		for _, group := range []string{"\nServer\n", "\nmStudio\n", "\nOperations\n", "\nRequests\n", "\nLimits\n", "\nSandbox\n", "\nLogging\n"} {
			at := strings.Index(got, group)
			if at < last {
				t.Errorf("%v: %q is missing or out of order", arguments, group)
			}
			last = at
		}
		for line := range strings.Lines(got) {
			if len([]rune(line)) > 101 {
				t.Errorf("%v: line too long: %s", arguments, line)
			}
		}
		if stderr.Len() > 0 {
			t.Errorf("%v: stderr: %s", arguments, &stderr)
		}
	}
	var stdout bytes.Buffer
	if err := Run(t.Context(), []string{"sandbox", "--help"}, &stdout, io.Discard); err != nil || !strings.Contains(stdout.String(), "--latency") ||
		strings.Contains(stdout.String(), "--max-calls") {
		t.Errorf("sandbox: %v: %s", err, &stdout)
	}
}

// serveFlags returns the flags of serve, without --help.
func serveFlags(t *testing.T) []*kong.Flag {
	t.Helper()
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range parser.Model.Children {
		if node.Name == "serve" {
			return node.Flags
		}
	}
	t.Fatal("no command serve")
	return nil
}

// The gateway starts if a compose file leaves all variables empty, and the help names them.
func TestEmptyVariables(t *testing.T) { //nolint:paralleltest // sets environment variables
	for _, flag := range serveFlags(t) {
		t.Setenv(flag.Envs[0], "")
	}
	var help bytes.Buffer
	if err := Run(t.Context(), []string{"--help"}, &help, io.Discard); err != nil || !strings.Contains(help.String(), "($SANDBOX)") {
		t.Errorf("%v: the help lacks the variable: %s", err, &help)
	}
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0")
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}
