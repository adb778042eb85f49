package main

import "testing"

const mit = `MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files, to deal in the Software
without restriction.

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND.
`

const bsd = `Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS
“AS IS” AND ANY EXPRESS OR IMPLIED WARRANTIES ARE DISCLAIMED.
`

func TestClassify(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"MIT":                         {mit, "MIT"},
		"BSD with other quotes":       {bsd, "BSD"},
		"Apache":                      {"Apache License\n   Version 2.0, January 2004", "Apache-2.0"},
		"MPL, which mentions the GPL": {"Mozilla Public License Version 2.0 … the GNU General Public License", "MPL-2.0"},
		"GPL":                         {"GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007", ""},
		"MIT and GPL":                 {mit + "Or the GNU General Public License.", ""},
		"Apache with Commons Clause":  {"“Commons Clause” … Apache License Version 2.0, January 2004", ""},
		"nothing":                     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := classify(test.text)
			if got != test.want || ok != (test.want != "") {
				t.Errorf("classify = %q, %t; want %q", got, ok, test.want)
			}
		})
	}
}
