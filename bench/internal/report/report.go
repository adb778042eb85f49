// Package report writes Markdown tables with aligned columns.
package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
)

// Markers around the tables in a file.
const (
	beginMarker = "<!-- bench: begin -->"
	endMarker   = "<!-- bench: end -->"
)

// Table is one table.
type Table struct {
	Title  string
	Note   string // an optional paragraph below the title
	Header []string
	rows   [][]string
}

// Add adds a row.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Empty reports whether there are no rows.
func (t *Table) Empty() bool { return len(t.rows) == 0 }

// Report holds the tables and paragraphs of a run, in order.
type Report struct{ parts []string }

// Add adds a table.
func (r *Report) Add(table Table) { r.parts = append(r.parts, table.markdown()) }

// AddText adds a paragraph.
func (r *Report) AddText(text string) { r.parts = append(r.parts, text+"\n") }

// Markdown returns the whole report.
func (r *Report) Markdown() string { return strings.Join(r.parts, "\n") }

// Save writes the report to a file. It replaces the text between the markers, or the whole file if it has no markers.
func (r *Report) Save(name string) error {
	text := r.Markdown()
	old, err := os.ReadFile(name) //nolint:gosec // the user names it
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	before, rest, hasBegin := bytes.Cut(old, []byte(beginMarker))
	_, after, hasEnd := bytes.Cut(rest, []byte(endMarker))
	if hasBegin && hasEnd {
		text = string(before) + beginMarker + "\n\n" + text + "\n" + endMarker + string(after)
	}
	return os.WriteFile(name, []byte(text), 0o644) //nolint:gosec // a document for everybody
}

func (t *Table) markdown() string {
	var text strings.Builder
	fmt.Fprintf(&text, "### %s\n\n", t.Title)
	if t.Note != "" {
		fmt.Fprintf(&text, "%s\n\n", t.Note)
	}
	widths := t.widths()
	writeRow(&text, t.Header, widths)
	for _, width := range widths {
		text.WriteString("|" + strings.Repeat("-", width+2))
	}
	text.WriteString("|\n")
	for _, row := range t.rows {
		writeRow(&text, row, widths)
	}
	return text.String()
}

func (t *Table) widths() []int {
	widths := make([]int, len(t.Header))
	for _, row := range append([][]string{t.Header}, t.rows...) {
		for column, cell := range row {
			widths[column] = max(widths[column], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func writeRow(text *strings.Builder, cells []string, widths []int) {
	for column, cell := range cells {
		fmt.Fprintf(text, "| %s%s ", cell, strings.Repeat(" ", widths[column]-utf8.RuneCountInString(cell)))
	}
	text.WriteString("|\n")
}
