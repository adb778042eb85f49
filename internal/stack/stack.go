// Package stack grows the stacks of goroutines in one step.
package stack

// Grow extends the stack of a goroutine that has just started, so that the code for an mStudio call fits on it.
//
// A goroutine starts with a small stack. Each time a function does not fit, the runtime doubles the stack and copies the
// frames on it. For a call, that happens twice, with dozens of frames. Growing first copies almost nothing.
// docs/performance.md has the measured effect.
//
// Grow is in assembly and has a frame of 8 KiB without instructions. In Go, the frame would be zeroed.
func Grow()
