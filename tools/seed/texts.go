package main

import (
	"embed"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed texts
var textFiles embed.FS // read-only

// texts holds the fragments of messages.
type texts struct {
	languages map[string]*language
	pastes    map[string][]string // by category
}

// language holds the fragments in one language.
type language struct {
	topics []*topic
	small  *topic // fragments that fit every topic

	hellos  []string
	byes    []string
	days    []string
	support string // signature of the support team
}

// topic is a subject of conversations. Its fragments fit together and have placeholders.
type topic struct {
	name     string
	category string
	request  string   // kind of the service request at the start of conversations, if any
	related  []string // types of object that conversations relate to
	lines    map[string][]string
}

func loadTexts() texts {
	de := parseTopics("texts/de.txt")
	en := parseTopics("texts/en.txt")
	return texts{
		pastes: parseTopics("texts/pastes.txt")[0].lines,
		languages: map[string]*language{
			"de": {
				topics: de[:len(de)-1], small: de[len(de)-1],
				hellos:  []string{"Hallo", "Hi", "Guten Tag", "Moin"},
				byes:    []string{"Viele Grüße", "Beste Grüße", "Liebe Grüße", "Mit freundlichen Grüßen"},
				days:    []string{"Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"},
				support: "mittwald Kundenservice",
			},
			"en": {
				topics: en[:len(en)-1], small: en[len(en)-1],
				hellos:  []string{"Hello", "Hi", "Hi there", "Dear"},
				byes:    []string{"Best regards", "Kind regards", "Cheers", "All the best"},
				days:    []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
				support: "mittwald customer service",
			},
		},
	}
}

// parseTopics parses a file of topics. "# name key=value" starts a topic and "## section" a section. The section "titles"
// has one title a line. The other sections have fragments that start with "- " and may span several lines.
func parseTopics(path string) []*topic {
	data, err := textFiles.ReadFile(path)
	if err != nil {
		panic(err) // the file is embedded
	}
	var topics []*topic
	for block := range strings.SplitSeq("\n"+string(data), "\n# ") {
		if head, body, _ := strings.Cut(block, "\n"); head != "" {
			topics = append(topics, parseTopic(head, body))
		}
	}
	return topics
}

func parseTopic(head, body string) *topic {
	words := strings.Fields(head)
	t := &topic{name: words[0], lines: make(map[string][]string)}
	for _, word := range words[1:] {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "category":
			t.category = value
		case "request":
			t.request = value
		case "related":
			t.related = strings.Split(value, ",")
		}
	}
	for section := range strings.SplitSeq("\n"+body, "\n## ") {
		name, content, _ := strings.Cut(section, "\n")
		separator := "\n- "
		if name == "titles" {
			separator = "\n"
		}
		t.lines[name] = fragments(content, separator)
	}
	return t
}

func fragments(content, separator string) []string {
	var found []string
	for part := range strings.SplitSeq("\n"+content, separator) {
		if part = strings.TrimSpace(part); part != "" {
			found = append(found, part)
		}
	}
	return found
}

// deck deals its cards in random order and starts again when it is empty.
type deck struct {
	rng   *rand.Rand
	cards []string
	left  []string
}

func (d *deck) draw() string {
	if len(d.left) == 0 {
		d.left = append(d.left, d.cards...)
		d.rng.Shuffle(len(d.left), func(i, j int) { d.left[i], d.left[j] = d.left[j], d.left[i] })
	}
	card := d.left[len(d.left)-1]
	d.left = d.left[:len(d.left)-1]
	return card
}

// sentence capitalizes the first letter of a fragment.
func sentence(fragment string) string {
	first, size := utf8.DecodeRuneInString(fragment)
	if !unicode.IsLower(first) {
		return fragment
	}
	return string(unicode.ToUpper(first)) + fragment[size:]
}

func splitName(full string) (first, last string) {
	first, last, _ = strings.Cut(full, " ")
	return first, last
}
