package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is the unit of times in /proc on Linux, on all architectures that Go supports.
const ticksPerSecond = 100

// CPU returns the CPU time of the process in user and kernel mode. precise is false if the kernel reports it only in
// ticks of 10 ms.
func (p *Process) CPU() (used time.Duration, precise bool, err error) {
	if used, err := processClock(p.PID()); err == nil {
		return used, true, nil
	}
	stat, err := os.ReadFile(p.file("stat"))
	if err != nil {
		return 0, false, err
	}
	used, err = parseStat(stat)
	return used, false, err
}

// MaxRSS returns the peak resident memory of the process in bytes.
func (p *Process) MaxRSS() (int64, error) { return p.size("VmHWM") }

// RSS returns the resident memory of the process in bytes.
func (p *Process) RSS() (int64, error) { return p.size("VmRSS") }

func (p *Process) size(name string) (int64, error) {
	status, err := os.ReadFile(p.file("status"))
	if err != nil {
		return 0, err
	}
	return parseStatus(status, name)
}

func (p *Process) file(name string) string {
	return "/proc/" + strconv.Itoa(p.PID()) + "/" + name
}

// parseStat adds utime and stime of /proc/PID/stat.
func parseStat(stat []byte) (time.Duration, error) {
	// The second field is the program's name in parentheses. The name may contain spaces and parentheses.
	end := bytes.LastIndexByte(stat, ')')
	fields := strings.Fields(string(stat[end+1:]))
	const user, system = 11, 12 // after the name
	if end < 0 || len(fields) <= system {
		return 0, errors.New("stat has too few fields")
	}
	var ticks int64
	for _, field := range []string{fields[user], fields[system]} {
		count, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("stat: %w", err)
		}
		ticks += count
	}
	return time.Duration(ticks) * (time.Second / ticksPerSecond), nil
}

// parseStatus returns a size in /proc/PID/status in bytes.
func parseStatus(status []byte, name string) (int64, error) {
	for line := range strings.Lines(string(status)) {
		value, found := strings.CutPrefix(line, name+":")
		if !found {
			continue
		}
		kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("status: %s: %w", name, err)
		}
		return kilobytes << 10, nil
	}
	return 0, fmt.Errorf("status has no %s", name)
}
