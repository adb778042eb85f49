package main

import "strings"

// permitted returns the permitted licences, each with sentences that its text must contain. The first match counts. MIT
// precedes MIT-0, because MIT-0 is MIT without one sentence.
func permitted() []licence {
	const mitGrant = "permission is hereby granted, free of charge, to any person obtaining a copy of this software"
	return []licence{
		{"MIT", []string{
			mitGrant,
			"the above copyright notice and this permission notice shall be included in all copies",
			`the software is provided "as is", without warranty of any kind`,
		}},
		{"MIT-0", []string{
			mitGrant,
			`the software is provided "as is", without warranty of any kind`,
		}},
		{"ISC", []string{
			"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted",
			`the software is provided "as is" and the author disclaims all warranties`,
		}},
		{"ISC", []string{
			"permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted",
			`the software is provided "as is" and the author disclaims all warranties`,
		}},
		{"BSD", []string{
			"redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met",
			`this software is provided by the copyright holders and contributors "as is"`,
		}},
		{"Apache-2.0", []string{"apache license version 2.0, january 2004"}},
		{"MPL-2.0", []string{"mozilla public license version 2.0"}},
		{"MPL-2.0", []string{"mozilla public license, version 2.0"}},
	}
}

type licence struct {
	name      string
	sentences []string
}

// classify returns the name of a licence text, or false if it is unknown or not permitted.
func classify(text string) (string, bool) {
	words := normalize(text)
	for _, licence := range permitted() {
		if containsAll(words, licence.sentences) && (licence.name == "MPL-2.0" || !restricted(words)) {
			return licence.name, true
		}
	}
	return "", false
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
