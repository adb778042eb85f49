package faults_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mstudio-graphql/gateway/gatewaytest"
)

// program is the gateway's binary in a process.
type program struct {
	command   *exec.Cmd
	log       gatewaytest.Output
	url       string // of the API
	operators string // base URL of the second listener
}

// build builds the gateway's binary.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mstudio-graphql")
	command := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".")
	command.Dir = filepath.Join("..", "..")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return path
}

// startProgram runs a binary in front of an upstream until the test ends.
func startProgram(t *testing.T, path, upstream string, flags ...string) *program {
	t.Helper()
	p := &program{}
	p.command = exec.CommandContext(t.Context(), path, append([]string{
		"--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--pprof", "--log-format=json", "--log-level=debug", "--upstream-url=" + upstream,
	}, flags...)...)
	p.command.Env = append(os.Environ(), "GOMEMLIMIT=384MiB") //nolint:forbidigo // the child trusts our certificates, too
	p.command.Stderr = &p.log
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n') // printed once it listens
	if err != nil {
		t.Fatalf("%v\n%s", err, p.log.String())
	}
	p.url = regexp.MustCompile(`http://\S+`).FindString(line)
	address := regexp.MustCompile(`"address":"([^"]*)"`)
	if !poll(10*time.Second, func() bool { return address.MatchString(p.log.String()) }) {
		t.Fatalf("no listener for operators:\n%s", p.log.String())
	}
	p.operators = "http://" + address.FindStringSubmatch(p.log.String())[1]
	return p
}

// stop ends the program as an operator would.
func (p *program) stop(t *testing.T) {
	t.Helper()
	_ = p.command.Process.Signal(syscall.SIGTERM)
	if err := p.command.Wait(); err != nil {
		t.Errorf("exited with %v", err)
	}
}

// usage is what a process uses.
type usage struct {
	resident    float64 // MB
	heap        float64 // MB in use after a garbage collection
	goroutines  float64
	descriptors float64
}

func (u usage) String() string {
	return fmt.Sprintf("%.1f MB resident, %.1f MB of heap, %.0f goroutines, %.0f descriptors", u.resident, u.heap, u.goroutines, u.descriptors)
}

// usage reads what the program uses from the kernel and from its metrics.
func (p *program) usage() (usage, error) {
	folder := fmt.Sprintf("/proc/%d", p.command.Process.Pid)
	status, err := os.ReadFile(filepath.Join(folder, "status"))
	if err != nil {
		return usage{}, err
	}
	open, err := os.ReadDir(filepath.Join(folder, "fd"))
	if err != nil {
		return usage{}, err
	}
	if _, err := p.get("/debug/pprof/heap?gc=1"); err != nil {
		return usage{}, err
	}
	metrics, err := p.get("/metrics")
	if err != nil {
		return usage{}, err
	}
	return usage{
		resident:    number(status, `(?m)^VmRSS:\s+(\d+) kB`) / 1024,
		heap:        number(metrics, `(?m)^go_memstats_heap_alloc_bytes (\S+)`) / (1 << 20),
		goroutines:  number(metrics, `(?m)^go_goroutines (\d+)`),
		descriptors: float64(len(open)),
	}, nil
}

func number(text []byte, pattern string) float64 {
	match := regexp.MustCompile(pattern).FindSubmatch(text)
	if match == nil {
		return 0
	}
	value, _ := strconv.ParseFloat(string(match[1]), 64)
	return value
}

// get requests a page for operators, on a connection of its own so that none stays open.
func (p *program) get(path string) ([]byte, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	answer, err := client.Get(p.operators + path) //nolint:noctx // it has a timeout
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

// leaks returns the first line of the log that only the upstream or a caller may know, or that reports an error of ours.
func (p *program) leaks(secrets ...string) string {
	for line := range bytes.Lines([]byte(p.log.String())) {
		for _, secret := range append(secrets, canary, "internal error", "goroutine ") {
			if strings.Contains(string(line), secret) {
				return string(line)
			}
		}
	}
	return ""
}
