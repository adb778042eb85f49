// Package process runs the measured programs and reads their resource use from the kernel.
package process

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"
)

// stopTimeout is the time between SIGTERM and SIGKILL, and the limit for starting.
const stopTimeout = 10 * time.Second

// Process is a running program that serves HTTP.
type Process struct {
	// Name appears in errors.
	Name string
	// Base is where it serves, such as "http://127.0.0.1:40123".
	Base string
	// Started is the time of the start.
	Started time.Time

	command *exec.Cmd
	stderr  *os.File
	ended   chan struct{}
	failure error // set when ended is closed
}

// Program describes a program to start. Its environment is only Env, so that the benchmark's own environment does not
// affect the figures.
type Program struct {
	Name string
	Path string
	Args []string
	Env  []string
	// Log is the file for its standard error.
	Log string
}

// Start runs a program and waits for the first URL on its standard output, which is its address.
func Start(ctx context.Context, program Program) (*Process, error) {
	stderr, err := os.Create(program.Log)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, program.Path, program.Args...) //nolint:gosec // our own programs
	command.Env = program.Env
	if command.Env == nil {
		command.Env = []string{}
	}
	command.Stderr = stderr
	dieWithUs(command)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = stopTimeout
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, stderr.Close())
	}
	p := &Process{Name: program.Name, Started: time.Now(), command: command, stderr: stderr, ended: make(chan struct{})}
	if err := command.Start(); err != nil {
		return nil, errors.Join(err, stderr.Close())
	}
	addresses := make(chan string, 1)
	go p.watch(stdout, addresses)
	select {
	case p.Base = <-addresses:
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("%s ended before serving: %w\n%s", p.Name, cmp.Or(p.failure, errQuiet), p.logTail(program.Log))
	case <-time.After(stopTimeout):
		return nil, errors.Join(fmt.Errorf("%s printed no address", p.Name), p.Stop())
	}
}

// watch reads the output until its end, so that the program never blocks on it, and then waits for the program to end.
func (p *Process) watch(stdout io.Reader, addresses chan<- string) {
	address := regexp.MustCompile(`http://[\d.]+:\d+`)
	lines := bufio.NewScanner(stdout)
	for found := false; lines.Scan(); {
		if base := address.FindString(lines.Text()); base != "" && !found {
			found = true
			addresses <- base
		}
	}
	p.failure = errors.Join(p.command.Wait(), p.stderr.Close())
	close(p.ended)
}

// Stop sends SIGTERM, then SIGKILL after stopTimeout, and waits for the program to end.
func (p *Process) Stop() error {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-p.ended:
		var exit *exec.ExitError
		if errors.As(p.failure, &exit) && exit.Exited() {
			return fmt.Errorf("%s: %w", p.Name, p.failure)
		}
		return nil
	case <-time.After(stopTimeout):
		_ = p.command.Process.Kill()
		<-p.ended
		return fmt.Errorf("%s did not stop and was killed", p.Name)
	}
}

// Alive returns an error if the program has ended.
func (p *Process) Alive() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s has ended: %w", p.Name, cmp.Or(p.failure, errQuiet))
	default:
		return nil
	}
}

// PID returns the process ID.
func (p *Process) PID() int { return p.command.Process.Pid }

var errQuiet = errors.New("no error")

// logTail returns the end of the program's standard error.
func (*Process) logTail(log string) string {
	const enough = 2000
	text, err := os.ReadFile(log) //nolint:gosec // our own file
	if err != nil {
		return ""
	}
	return string(text[max(0, len(text)-enough):])
}
