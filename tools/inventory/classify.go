package inventory

import (
	"slices"
	"strings"
)

// permitted returns the permitted licences by their SPDX identifiers, each with sentences that its text must contain. MIT precedes
// MIT-0, which is MIT without one sentence, and BSD-3-Clause precedes BSD-2-Clause.
func permitted() []licence {
	const (
		mitGrant = "permission is hereby granted, free of charge, to any person obtaining a copy of this software"
		mitEnd   = `the software is provided "as is", without warranty of any kind`
		iscEnd   = `the software is provided "as is" and the author disclaims all warranties`
		bsdGrant = "redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met"
		bsdEnd   = `this software is provided by the copyright holders and contributors "as is"`
	)
	return []licence{
		{"Apache-2.0", "", []string{"apache license version 2.0, january 2004"}},
		{"Apache-2.0", "", []string{"licensed under the apache license, version 2.0"}},
		{"MPL-2.0", "", []string{"mozilla public license version 2.0"}},
		{"MPL-2.0", "", []string{"mozilla public license, version 2.0"}},
		{"MIT", "", []string{mitGrant, "the above copyright notice and this permission notice shall be included in all copies", mitEnd}},
		{"MIT-0", "MIT", []string{mitGrant, mitEnd}},
		{"ISC", "", []string{
			"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted", iscEnd,
		}},
		{"ISC", "", []string{
			"permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted", iscEnd,
		}},
		{"BSD-3-Clause", "", []string{bsdGrant, "neither the name of", bsdEnd}},
		{"BSD-2-Clause", "BSD-3-Clause", []string{bsdGrant, bsdEnd}},
	}
}

type licence struct {
	name      string
	unless    string // name of a licence whose text contains this one
	sentences []string
}

// classify returns the licences in a text. It returns none if the text has none, or has one that is not permitted.
func classify(text string) []string {
	words := normalize(text)
	var found []string
	for _, licence := range permitted() {
		if containsAll(words, licence.sentences) && !slices.Contains(found, licence.name) && !slices.Contains(found, licence.unless) {
			found = append(found, licence.name)
		}
	}
	if restricted(words) && !slices.Contains(found, "MPL-2.0") {
		return nil
	}
	return found
}

// restricted reports whether a text has the terms of a further licence. It does not apply to the MPL, which only mentions
// the GNU licences.
func restricted(words string) bool {
	return containsAny(words, "general public license", "commons clause", "server side public license", "business source license")
}

// normalize removes differences in line breaks, case, quotation marks and comment signs.
func normalize(text string) string {
	text = strings.NewReplacer("“", `"`, "”", `"`, "``", `"`, "''", `"`, "*", " ", "//", " ").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
