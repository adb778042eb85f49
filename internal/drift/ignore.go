package drift

import (
	"bufio"
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed ignore.txt
var ignoreFile string

// Ignored holds the patterns of an ignore file.
type Ignored []pattern

type pattern struct{ kind, subject string }

// DefaultIgnored returns the patterns for parts that the gateway leaves out on purpose.
func DefaultIgnored() (Ignored, error) { return ParseIgnored(ignoreFile) }

// ParseIgnored parses an ignore file: in each line a kind, and then subjects or places, in which * stands for any text. "#"
// starts a comment.
func ParseIgnored(text string) (Ignored, error) {
	var ignored Ignored
	lines := bufio.NewScanner(strings.NewReader(text))
	for number := 1; lines.Scan(); number++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if kind == "" {
			continue
		}
		if !slices.Contains(Kinds(), Kind(kind)) && kind != "*" || strings.TrimSpace(rest) == "" {
			return nil, fmt.Errorf("line %d is not a kind and a subject", number)
		}
		for subject := range strings.SplitSeq(rest, ",") {
			ignored = append(ignored, pattern{kind, strings.TrimSpace(subject)})
		}
	}
	return ignored, lines.Err()
}

// Filter returns the findings that no pattern covers. A pattern covers a finding with its subject, and places with it.
func (i Ignored) Filter(findings []Finding) (kept []Finding) {
	for _, finding := range findings {
		if i.covers(finding.Kind, finding.Subject) {
			continue
		}
		finding.Places = slices.DeleteFunc(slices.Clone(finding.Places), func(place string) bool { return i.covers(finding.Kind, place) })
		if len(finding.Places) > 0 {
			kept = append(kept, finding)
		}
	}
	return kept
}

func (i Ignored) covers(kind Kind, subject string) bool {
	return slices.ContainsFunc(i, func(p pattern) bool {
		return (p.kind == "*" || p.kind == string(kind)) && matches(p.subject, subject)
	})
}

// matches reports whether a text has the form of a pattern, in which * stands for any text.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = after
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}
