package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"mstudio-graphql/internal/config"
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
	for _, arguments := range [][]string{{"--help"}, {"help"}, {"serve", "--help"}, {"help", "serve"}, {"--help", "--max-calls=0"}} {
		var stdout, stderr bytes.Buffer
		if err := Run(t.Context(), arguments, &stdout, &stderr); err != nil {
			t.Errorf("%v: exited with %v", arguments, err)
		}
		got := stdout.String()
		for _, flag := range serveFlags(t) {
			variable := "$" + flag.Envs[0]
			if flag.Hidden {
				variable = flag.Envs[0] // in the help of another flag
			}
			if !strings.Contains(got, "--"+flag.Name) || !strings.Contains(got, variable) {
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

// The help names each command.
func TestHelp_Commands(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	if err := Run(t.Context(), []string{"help"}, &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Leaves(true) {
		if path := strings.Fields(command.Path()); path[0] != "serve" && !strings.Contains(stdout.String(), "\n  "+strings.Join(path[:len(path)-len(command.Positional)], " ")+" ") {
			t.Errorf("no %s", command.Path())
		}
	}
}

// A wrong value of any setting is one sentence that names the flag, in the words of the program, wherever it stands.
func TestWrongValues(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context()) // for a value that is accepted by mistake
	cancel()
	texts := map[string]string{
		"log-level": "verbose", "link-key": "short", "trusted-documents": "nothing.json", "api-version": "../v1", "listen": "localhost",
		"ops-listen": "localhost", "public-url": "example.com", "cors-origin": "example.com", "upstream-url": "example.com",
	}
	for _, flag := range serveFlags(t) {
		value, required := texts[flag.Name], []string{"--otlp-endpoint=http://localhost:4318", "--otlp-metrics-endpoint=http://localhost:4318"}
		switch kind := flag.Target.Kind(); {
		case value != "":
		case kind == reflect.Bool:
			value = "maybe"
		case flag.Target.CanInt():
			value = "-5"
		default:
			value = "other"
		}
		for _, given := range [][]string{{"--" + flag.Name + "=" + value}, {"--" + flag.Name, value}} {
			arguments := slices.Concat(required, given)
			if flag.IsBool() && len(given) == 2 || flag.Name == "cors-header" { // any name of a header is right
				continue
			}
			err := Run(ended, arguments, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), "--"+flag.Name) || strings.Contains(err.Error(), "\n") ||
				strings.Contains(err.Error(), "slog:") || strings.Contains(err.Error(), "short flag") {
				t.Errorf("%v: got %v", arguments, err)
			}
		}
	}
}

// What is no number or duration is quoted, with a description of what the flag accepts, in all commands.
func TestNoNumbers(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&commands{}, config.Numbers()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Leaves(true) {
		path := slices.DeleteFunc(strings.Fields(command.Path()), func(word string) bool { return strings.HasPrefix(word, "<") })
		for _, flag := range command.Flags {
			if number := flag.Target.Kind(); number != reflect.Pointer && !flag.Target.CanInt() && !flag.Target.CanFloat() {
				continue
			}
			for _, value := range []string{"x", "1.5.", "99999999999999999999"} {
				arguments := append(slices.Clone(path), "--"+flag.Name+"="+value)
				_, err := parser.Parse(arguments)
				if want := fmt.Sprintf("--%s: invalid value %q (want a", flag.Name, value); err == nil || !strings.HasPrefix(err.Error(), want) {
					t.Errorf("%v: want %s, got %v", arguments, want, err)
				}
			}
		}
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
