// Package deploy checks what is in deploy/ with the types of those it is written for.
package deploy
