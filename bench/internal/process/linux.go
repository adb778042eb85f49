//go:build linux

package process

import (
	"os/exec"
	"syscall"
	"time"
	"unsafe"
)

// processClock reads the clock that counts the processor time of a process and all its threads, in nanoseconds.
func processClock(pid int) (time.Duration, error) {
	// The number of another process's clock, as clock_getcpuclockid(3) makes it.
	const scheduled = 2
	clock := ^pid<<3 | scheduled
	var read syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&read)), 0) //nolint:gosec // that is how it is called
	if errno != 0 {
		return 0, errno
	}
	return time.Duration(read.Nano()), nil
}

// dieWithUs makes the kernel end the program if we are killed and cannot do it ourselves.
func dieWithUs(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}
