// Package stack saves goroutines that live for one call from growing their stacks step by step.
package stack

// Grow makes room for the calls of an operation on the stack of a goroutine that has just started.
//
// A goroutine starts with a small stack and copies it whenever a call does not fit, with an unwinding of all that is on
// it. What is called for a resolver or a call of mStudio does not fit twice, and then dozens of calls are on it.
// Growing first costs one copy of nearly nothing: see docs/performance.md for what that brings.
//
// It is a function without instructions and with a frame of 8 KiB: in Go, the frame would be filled with zeros first.
func Grow()
