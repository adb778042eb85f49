// Package deploy tests the files in deploy/ against the types of the programs that read them.
package deploy
