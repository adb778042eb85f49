package markdown

import (
	"regexp"
	"strings"
)

// lines match the lines of an email that have a meaning.
type lines struct{ fence, quote, original, attribution *regexp.Regexp }

func newLines() lines {
	return lines{
		fence:       regexp.MustCompile("^ {0,3}(`{3,}|~{3,})"),
		quote:       regexp.MustCompile(`^ {0,3}>`),
		original:    regexp.MustCompile(`(?i)^-{2,} ?(original message|ursprüngliche nachricht) ?-{2,}$`),
		attribution: regexp.MustCompile(`(?i)^(on|am) .*\b(wrote|schrieb)\b.*:$`),
	}
}

// WithoutQuotes returns a text without the lines that begin with ">", without the line that introduces them, such as "On
// Monday, Anna wrote:", and without everything from "-----Original Message-----" on. Code is left as it is.
func (r *Renderer) WithoutQuotes(source string) string {
	var kept []string
	fence, isIntroduced := "", false // whether the introduction of the last quote was looked for; twice would take quadratic time
	for line := range strings.Lines(source) {
		trimmed := strings.TrimSpace(line)
		switch found := r.lines.fence.FindStringSubmatch(line); {
		case found != nil && fence == "":
			fence = found[1]
		case fence != "":
			if strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]) == "" {
				fence = ""
			}
		case r.lines.original.MatchString(trimmed):
			return strings.Join(kept, "")
		case r.lines.quote.MatchString(line):
			if !isIntroduced {
				kept, isIntroduced = r.withoutAttribution(kept), true
			}
			continue
		}
		isIntroduced = isIntroduced && trimmed == ""
		kept = append(kept, line)
	}
	return strings.Join(kept, "")
}

// withoutAttribution removes the line that introduces a quote, which may be broken once.
func (r *Renderer) withoutAttribution(kept []string) []string {
	end := len(kept)
	for end > 0 && strings.TrimSpace(kept[end-1]) == "" {
		end--
	}
	for start := end - 1; start >= max(0, end-2); start-- {
		introduction := strings.ReplaceAll(strings.TrimSpace(strings.Join(kept[start:end], "")), "\n", " ")
		if r.lines.attribution.MatchString(introduction) {
			return kept[:start]
		}
	}
	return kept
}

// WithoutSignature returns a text without everything from its last line "-- " on, unless nothing else is left.
func WithoutSignature(source string) string {
	end := -1
	position := 0
	for line := range strings.Lines(source) {
		if strings.TrimRight(line, "\r\n") == "-- " {
			end = position
		}
		position += len(line)
	}
	if end < 0 || strings.TrimSpace(source[:end]) == "" {
		return source
	}
	return source[:end]
}
