package inventory

import (
	"strings"
	"testing"
)

const withoutTerms = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software.
THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND.`

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

const threeClauses = bsd + `Neither the name of the copyright holder nor the names of its contributors may be used.`

func TestClassify(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"MIT":                         {mit, "MIT"},
		"MIT-0":                       {withoutTerms, "MIT-0"},
		"BSD with other quotes":       {bsd, "BSD-2-Clause"},
		"BSD with a third clause":     {threeClauses, "BSD-3-Clause"},
		"Apache":                      {"Apache License\n   Version 2.0, January 2004", "Apache-2.0"},
		"Apache with a part of BSD":   {"Apache License\n   Version 2.0, January 2004\n" + threeClauses, "Apache-2.0 AND BSD-3-Clause"},
		"MIT and Apache":              {mit + "Licensed under the Apache License, Version 2.0 (the \"License\")", "Apache-2.0 AND MIT"},
		"MPL, which mentions the GPL": {"Mozilla Public License Version 2.0 … the GNU General Public License", "MPL-2.0"},
		"GPL":                         {"GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007", ""},
		"MIT and GPL":                 {mit + "Or the GNU General Public License.", ""},
		"Apache with Commons Clause":  {"“Commons Clause” … Apache License Version 2.0, January 2004", ""},
		"nothing":                     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(classify(test.text), " AND "); got != test.want {
				t.Errorf("classify = %q; want %q", got, test.want)
			}
		})
	}
}
