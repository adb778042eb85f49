// Package inventory lists the third-party components of a release with their licences: the modules of the binary, and the
// packages of the page that it contains.
package inventory

import (
	"net/url"
	"strings"
)

// Component is a module, a package, or a copy of one.
type Component struct {
	// Kind is its type in a package URL: golang, npm, or generic without a registry.
	Kind string
	Name string
	// Version is "" for a copy that does not name it.
	Version string
	// Licences are SPDX identifiers, which all apply.
	Licences []string
	// Algorithm and Hash are the checksum in go.sum or the lock file, in hexadecimal digits. They are "" without one.
	Algorithm, Hash string
	// Texts are the licences and notices of a module.
	Texts []string
}

// PURL returns the package URL.
func (c Component) PURL() string {
	text := "pkg:" + c.Kind + "/" + strings.ReplaceAll(c.Name, "@", "%40")
	if c.Version != "" {
		text += "@" + url.PathEscape(c.Version)
	}
	return text
}

// Title returns the name and the version. That of the standard library is the toolchain's, which the notices do not repeat.
func (c Component) Title() string {
	if c.Name == "std" {
		return c.Name
	}
	return strings.TrimSpace(c.Name + " " + c.Version)
}

// Licence returns the SPDX expression of the licences.
func (c Component) Licence() string { return strings.Join(c.Licences, " AND ") }
