package limits

import "testing"

// A full list counts once for all fields that need it.
func TestEstimate_FullLists(t *testing.T) {
	t.Parallel()
	const two, whole = `query($s: String, $status: [ConversationStatusFilter!]) {`, `query($f: ConversationFilter) {`
	const entity = `{_entities(representations: [{}]) {... on Project {conversations(first: 1, filter: {search: "x"}) {nodes {relatedTo {
		... on Project {conversations(first: 1, filter: {search: "x"}) {totalCount}}}}}}}}`
	tests := map[string]struct {
		query, variables string
		calls            int
	}{
		"not needed":               {`{conversations(filter: {search: "x", states: OPEN}) {totalCount}}`, "", 2},
		"needed":                   {`{conversations(filter: {statuses: OPEN}) {totalCount}}`, "", 27},
		"an empty list":            {`{conversations(filter: {statuses: [], relatedTo: null}) {totalCount}}`, "", 2},
		"the same for two":         {`{a: conversations(filter: {statuses: OPEN}) {totalCount} b: conversations(filter: {lastMessageBy: EMPLOYEE}) {totalCount}}`, "", 29},
		"narrowed in two ways":     {`{a: conversations(filter: {statuses: OPEN}) {totalCount} b: conversations(filter: {statuses: OPEN, search: "x"}) {totalCount}}`, "", 54},
		"variables":                {two + `conversations(filter: {search: $s, statuses: $status}) {totalCount}}`, `{"status": ["OPEN"]}`, 27},
		"empty variables":          {two + `conversations(filter: {search: $s, statuses: $status}) {totalCount}}`, `{"s": "x", "status": []}`, 2},
		"no variables":             {two + `conversations(filter: {search: $s, statuses: $status}) {totalCount}}`, `{}`, 2},
		"all in one variable":      {whole + `conversations(filter: $f) {totalCount}}`, `{"f": {"lastMessageBy": "CUSTOMER"}}`, 27},
		"no need in variable":      {whole + `conversations(filter: $f) {totalCount}}`, `{"f": {"search": "x", "statuses": []}}`, 2},
		"a null variable":          {whole + `conversations(filter: $f) {totalCount}}`, `{"f": null}`, 2},
		"one of two is narrowed":   {whole + `a: conversations(filter: $f) {totalCount} b: conversations(filter: {statuses: OPEN}) {totalCount}}`, `{"f": {"search": "x", "statuses": "OPEN"}}`, 54},
		"below others, once":       {entity, "", 2 + 25},
		"two lists":                {`{customers(first: 3) {nodes {name projects(first: 4) {edges {node {description conversations {totalCount}}}}}}}`, "", 1 + 1 + 25},
		"descendants, once":        {`{customers(first: 3) {nodes {conversations(includeDescendants: true) {totalCount} projects {nodes {conversations(includeDescendants: true) {totalCount}}}}}}`, "", 1 + 1 + 25 + 5},
		"no descendants":           {`query($no: Boolean! = false) {customers(first: 3) {nodes {conversations(includeDescendants: $no) {totalCount}}}}`, `{"no": false}`, 1 + 25},
		"a search of a short ID":   {`{conversations(filter: {search: " C-4e7tz3"}) {totalCount}}`, "", 2 + 8},
		"other spaces":             {`query($s: String) {conversations(filter: {search: $s}) {totalCount}}`, `{"s": "\t\u00a0c-4e7tz3\u000b"}`, 2 + 8},
		"a search of another word": {`{conversations(filter: {search: "c-4e7tz34"}) {totalCount}}`, "", 2},
		"a short ID":               {`{conversation(shortId: "c-4e7tz3") {id} other: conversation(shortId: "c-4e7tz4") {id} third: conversation(id: "x") {id}}`, "", 3 + 2*8},
		"references of a page":     {`{projects(first: 3) {nodes {description customer {name}}}}`, "", 1 + 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newChecker(t, Limits{})
			if got := costOf(t, g, test.query, test.variables); got.calls != test.calls {
				t.Errorf("want %d calls, got %d", test.calls, got.calls)
			}
		})
	}
}

// A cached document's estimate depends on whether its variables require a full list.
func TestEstimate_FullListsOfVariables(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	document, errs := g.Parse(`query($f: ConversationFilter) {conversations(filter: $f) {totalCount}}`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	operation := document.Operations[0]
	for range 2 {
		for text, calls := range map[string]int{`{"f": {"statuses": ["OPEN"]}}`: 27, `{"f": {"states": ["OPEN"]}}`: 2, `{}`: 2, `{"f": {"states": ["OPEN"], "lastMessageBy": "EMPLOYEE"}}`: 27} {
			if got := g.estimate(document, operation, readVariables(t, g, operation, text)).calls.count(); got != calls {
				t.Errorf("%s: want %d calls, got %d", text, calls, got)
			}
		}
	}
}
