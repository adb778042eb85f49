package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestDataIsUpToDate(t *testing.T) {
	t.Parallel()
	want, err := encode(newSeed())
	if err != nil {
		t.Fatal(err)
	}
	got, err := read("../../sandbox/data/seed.json.zst")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error(`sandbox/data/seed.json.zst is out of date: run "go generate ./sandbox/data"`)
	}
}

func TestSeedIsDeterministic(t *testing.T) {
	t.Parallel()
	first, err := encode(newSeed())
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := encode(newSeed()); !bytes.Equal(first, second) {
		t.Error("the second seed differs from the first")
	}
}

func TestTextsAreVaried(t *testing.T) {
	t.Parallel()
	titles, lines := make(map[string]bool), make(map[string]bool)
	for _, l := range loadTexts().languages {
		for _, topic := range append(l.topics, l.small) {
			for section, fragments := range topic.lines {
				for _, fragment := range fragments {
					if section == "titles" {
						titles[fragment] = true
					} else {
						lines[fragment] = true
					}
				}
			}
			if topic != l.small && (len(topic.related) == 0 || strings.TrimSpace(topic.category) == "") {
				t.Errorf("topic %s has no references or no category", topic.name)
			}
		}
	}
	if len(titles) < 60 || len(lines) < 120 {
		t.Errorf("%d titles and %d fragments, want 60 and 120", len(titles), len(lines))
	}
}
