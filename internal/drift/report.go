package drift

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Report is the result of a comparison.
type Report struct {
	Findings []Finding `json:"findings"`
	// Ignored is the number of findings that an ignore file covers.
	Ignored int `json:"ignored"`
	// Unread lists the endpoints that a live report does not cover, each with the reason.
	Unread []string `json:"unread,omitempty"`
}

// NewReport returns the findings that are not ignored.
func NewReport(findings []Finding, ignored Ignored) Report {
	kept := ignored.Filter(findings)
	return Report{Findings: append([]Finding{}, kept...), Ignored: len(findings) - len(kept)}
}

// Has reports whether a finding is at least as severe as a kind.
func (r Report) Has(kind Kind) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Kind.severity() <= kind.severity() })
}

// WriteText writes a line for each finding, and nothing without findings.
func (r Report) WriteText(w io.Writer) error {
	var text strings.Builder
	for _, finding := range r.Findings {
		fmt.Fprintln(&text, finding)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// WriteJSON writes the report as a JSON object.
func (r Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}
