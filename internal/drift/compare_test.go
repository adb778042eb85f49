package drift_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/internal/drift"
)

// known is a manifest of a gateway that knows testdata/api.json.
func known() drift.Manifest {
	read := func(path, kind, field, absent string, values ...string) drift.Member {
		return drift.Member{Path: path, Kinds: strings.Split(kind, " "), Fields: strings.Fields(field), Absent: absent, Values: values}
	}
	reference := read("[].relatedTo", "object", "Conversation.relatedTo", "clients get null", "app/appinstallation", "project/project")
	reference.Tag = "domain/aggregate"
	sent := reference
	sent.Path, sent.Fields, sent.Absent = "relatedTo", nil, ""
	const text = "string number"
	return drift.Manifest{Routes: []drift.Route{
		{
			Name: "GET /conversations", Headers: []drift.Member{{Path: "header X-Pagination-Totalcount", Fields: []string{"ConversationConnection.totalCount"}, Absent: "clients get null"}},
			Parameters: []drift.Member{read("limit", "string", "", "", "100"), read("sort", "string", "", "", "createdAt", "title")},
			Reads: []drift.Member{
				read("[]", "object", "", ""), read("[].conversationId", text, "Conversation.id", `clients get ""`),
				read("[].title", text, "Conversation.title", `clients get ""`),
				read("[].status", text, "Conversation.status", "clients get UNKNOWN", "open", "closed"),
				read("[].createdAt", text, "Conversation.createdAt", "clients get 1970-01-01T00:00:00.000Z"),
				read("[].createdBy", "object", "Conversation.createdBy", "clients get null"),
				read("[].createdBy.userId", text, "User.id", `clients get ""`), read("[].createdBy.clearName", text, "User.name", "clients get null"),
				read("[].createdBy.department", text, "User.department", "clients get null", "mail", "accounting"),
				read("[].roles", "array", "Conversation.roles", "clients get []"),
				read("[].roles[]", text, "Conversation.roles", "", "owner", "admin"),
				reference, read("[].relatedTo.domain", text, "", ""), read("[].relatedTo.aggregate", text, "", ""), read("[].relatedTo.id", text, "", ""),
				read("[].requestKey", text, "Conversation.requestKey", "clients get null"),
			},
		},
		{
			Name: "POST /conversations", Reads: []drift.Member{read("conversationId", text, "", "")},
			Sends: []drift.Member{
				{Path: "title", Kinds: []string{"string"}, Optional: true},
				{Path: "messageContent", Kinds: []string{"string"}, Optional: true, MaxLength: 8000},
				sent, read("relatedTo.domain", "string", "", ""), read("relatedTo.aggregate", "string", "", ""), read("relatedTo.id", "string", "", ""),
			},
		},
		{Name: "POST /conversations/{conversationId}/files", Reads: []drift.Member{read("uploadToken", text, "", "the fields of the call fail")}},
		{Name: "GET /conversations/{conversationId}/messages", Reads: []drift.Member{
			read("[]<type=MESSAGE>", "object", "", "clients get an Unknown… type"), read("[]<type=MESSAGE>.type", text, "", ""),
			read("[]<type=MESSAGE>.messageContent", text, "TextMessage.content", "clients get null"),
			read("[]<type=MESSAGE>.internal", "boolean", "TextMessage.isInternal", "clients get false"),
			read("[]<type=MESSAGE>.createdBy", "object", "TextMessage.createdBy", "clients get null"),
			read("[]<type=MESSAGE>.createdBy.userId", text, "User.id", ""), read("[]<type=MESSAGE>.createdBy.clearName", text, "User.name", "clients get null"),
			read("[]<type=MESSAGE>.createdBy.department", text, "User.department", "clients get null", "mail", "accounting"),
			read("[]<type=MESSAGE>.files", "array", "TextMessage.files", "clients get []"),
			read("[]<type=MESSAGE>.files[]<status=requested>.id", text, "RequestedFile.id", ""), read("[]<type=MESSAGE>.files[]<status=requested>.status", text, "", ""),
			read("[]<type=MESSAGE>.files[]<status=uploaded>.id", text, "UploadedFile.id", ""), read("[]<type=MESSAGE>.files[]<status=uploaded>.status", text, "", ""),
			read("[]<type=MESSAGE>.files[]<status=uploaded>.name", text, "UploadedFile.name", `clients get ""`),
			read("[]<type=STATUS_UPDATE>", "object", "", "clients get an Unknown… type"), read("[]<type=STATUS_UPDATE>.type", text, "", ""),
			read("[]<type=STATUS_UPDATE>.messageContent", text, "StatusUpdate.code", `clients get ""`),
			read("[]<type=STATUS_UPDATE>.meta", "object", "", ""), read("[]<type=STATUS_UPDATE>.meta.user", "object", "StatusUpdate.user", "clients get null"),
			read("[]<type=STATUS_UPDATE>.meta.user.userId", text, "User.id", ""), read("[]<type=STATUS_UPDATE>.meta.user.clearName", text, "User.name", "clients get null"),
			read("[]<type=STATUS_UPDATE>.meta.user.department", text, "User.department", "clients get null", "mail", "accounting"),
		}},
	}}
}

// edit replaces one part of a document. old must occur once.
type edit struct{ old, new string }

// apiWith returns testdata/api.json after edits, in a form without spaces.
func apiWith(t *testing.T, edits ...edit) string {
	t.Helper()
	text, err := os.ReadFile("testdata/api.json")
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	document := encode(t, value)
	for _, e := range edits {
		if strings.Count(document, e.old) != 1 {
			t.Fatalf("%s occurs %d times in %s", e.old, strings.Count(document, e.old), document)
		}
		document = strings.Replace(document, e.old, e.new, 1)
	}
	return document
}

func report(t *testing.T, manifest drift.Manifest, document string) string {
	t.Helper()
	parsed, err := drift.ParseDocument([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, finding := range drift.Compare(manifest, parsed, "v2") {
		lines = append(lines, finding.String())
	}
	if err := parsed.Err(); err != nil {
		t.Error(err)
	}
	return strings.Join(lines, "\n")
}

const (
	titleMember = `"title":{"type":"string"}},"required":["conversationId","title"]`
	users       = "GET /v2/conversations [].createdBy"
)

// comparison is the report about a changed document.
type comparison struct {
	edits []edit
	want  string
}

// Each test is a pattern of mStudio's history.
func TestCompare(t *testing.T) {
	t.Parallel()
	tests := memberComparisons()
	maps.Copy(tests, endpointComparisons())
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEqual(t, "report", test.want, report(t, known(), apiWith(t, test.edits...)))
		})
	}
}

// memberComparisons returns changes of members and values by name.
func memberComparisons() map[string]comparison {
	return map[string]comparison{
		"no change": {},
		"member removed": {
			[]edit{{titleMember, `"dummy":{}},"required":["conversationId"]`}, {`"dummy":{}},`, `"status":{"enum":["open","closed"],"type":"string"}},`}, {`"status":{"enum":["open","closed"],"type":"string"},`, ``}},
			`LOST       Conversation.title (GET /v2/conversations [].title): the member is gone; clients get ""`,
		},
		"member renamed": {
			[]edit{{titleMember, `"subject":{"type":"string"}},"required":["conversationId"]`}},
			"LOST       Conversation.title (GET /v2/conversations [].title): the member is gone, perhaps renamed to subject; clients get \"\"\n" +
				"NEW        Conversation.subject (GET /v2/conversations [].subject): a member that the gateway does not read",
		},
		"member removed at several places": {
			[]edit{{`"clearName":{"type":"string"},`, ``}},
			"LOST       User.name (" + users + ".clearName and 2 more): the member is gone; clients get null",
		},
		"member added": {
			[]edit{{`"clearName":{"type":"string"},`, `"clearName":{"type":"string"},"group":{"$ref":"#/components/schemas/User"},`}},
			"NEW        User.group (" + users + ".group and 2 more): a member that the gateway does not read",
		},
		"value added": {
			[]edit{{`"enum":["open","closed"]`, `"enum":["open","closed","waiting"]`}},
			"UNKNOWN    Conversation.status=waiting (GET /v2/conversations [].status): a new value; clients get UNKNOWN",
		},
		"value removed": {
			[]edit{{`"enum":["mail","accounting"]`, `"enum":["mail"]`}},
			"LOST       User.department=accounting (" + users + ".department and 2 more): the value is gone",
		},
		"value renamed": {
			[]edit{{`"enum":["owner","admin"]`, `"enum":["owner","email_admin"]`}},
			"LOST       Conversation.roles=admin (GET /v2/conversations [].roles[]): the value is gone\n" +
				"UNKNOWN    Conversation.roles=email_admin (GET /v2/conversations [].roles[]): a new value; clients get UNKNOWN",
		},
		"endpoint removed": {
			[]edit{{`"/v2/conversations/{conversationId}/files":{"post"`, `"/v2/nothing":{"post"`}},
			"LOST       POST /v2/conversations/{conversationId}/files: the endpoint is gone; its fields fail",
		},
		"endpoint moved": {
			[]edit{{`"/v2/conversations/{conversationId}/files"`, `"/internal-v2/conversations/{conversationId}/files"`}},
			"LOST       POST /v2/conversations/{conversationId}/files: the endpoint is gone, and now at /internal-v2/conversations/{conversationId}/files; its fields fail\n" +
				"NEW        POST /internal-v2/conversations/{conversationId}/files: an endpoint of another version or prefix",
		},
	}
}

// endpointComparisons returns changes of endpoints and kinds by name.
func endpointComparisons() map[string]comparison {
	return map[string]comparison{
		"endpoint added": {
			[]edit{{`"paths":{`, `"paths":{"/v2/customers/{customerId}/conversation-preferences":{"get":{}},`}},
			"NEW        GET /v2/customers/{customerId}/conversation-preferences: an endpoint that the gateway does not use",
		},
		"another version": {
			[]edit{{`"paths":{`, `"paths":{"/v3-next/conversations":{"get":{}},`}},
			"NEW        GET /v3-next/conversations: an endpoint of another version or prefix",
		},
		"endpoint deprecated": {
			[]edit{{`{"post":{"responses":{"201":{"content":{"application/json":{"schema":{"properties":{"uploadToken"`, `{"post":{"deprecated":true,"responses":{"201":{"content":{"application/json":{"schema":{"properties":{"uploadToken"`}},
			"DEPRECATED POST /v2/conversations/{conversationId}/files: the endpoint is deprecated",
		},
		"member deprecated": {
			[]edit{{`"requestKey":{"type":"number"}`, `"requestKey":{"deprecated":true,"type":"number"}`}},
			"DEPRECATED Conversation.requestKey (GET /v2/conversations [].requestKey): the member is deprecated",
		},
		"type changed": {
			[]edit{{`"internal":{"type":"boolean"}`, `"internal":{"type":"string"}`}},
			"LOST       TextMessage.isInternal (GET /v2/conversations/{conversationId}/messages []<type=MESSAGE>.internal): string instead of boolean; clients get false",
		},
		"object became an ID": {
			[]edit{{`"createdBy":{"$ref":"#/components/schemas/User"},"files"`, `"createdBy":{"type":"string"},"files"`}},
			"LOST       TextMessage.createdBy (GET /v2/conversations/{conversationId}/messages []<type=MESSAGE>.createdBy): string instead of object; clients get null",
		},
		"list wrapped": {
			[]edit{{`{"items":{"$ref":"#/components/schemas/Conversation"},"type":"array"}`, `{"properties":{"data":{}},"type":"object"}`}},
			"LOST       GET /v2/conversations: object instead of array; its fields fail",
		},
		"number narrowed":       {[]edit{{`"requestKey":{"type":"number"}`, `"requestKey":{"type":"integer"}`}}, ""},
		"date without a format": {[]edit{{`"format":"date-time",`, ``}}, ""},
		"nullable":              {[]edit{{`"internal":{"type":"boolean"}`, `"internal":{"type":["boolean","null"]}`}}, ""},
		"constraint":            {[]edit{{`"minimum":1`, `"minimum":0`}}, ""},
		"response headers": {
			[]edit{{`"X-Pagination-TotalCount"`, `"X-Total"`}},
			"LOST       ConversationConnection.totalCount (GET /v2/conversations header X-Pagination-Totalcount): the header is gone; clients get null",
		},
		"no JSON": {
			[]edit{{`"201":{"content":{"application/json":{"schema":{"properties":{"uploadToken"`, `"201":{"content":{"application/xml":{"schema":{"properties":{"uploadToken"`}},
			"LOST       POST /v2/conversations/{conversationId}/files: the response is no JSON; its fields fail",
		},
		"error documented": {[]edit{{`"/v2/conversations/{conversationId}/files":{"post":{"responses":{`, `"/v2/conversations/{conversationId}/files":{"post":{"responses":{"429":{"description":""},`}}, ""},
	}
}

// Alternatives that a member tells apart are compared one by one.
func TestCompare_Alternatives(t *testing.T) {
	t.Parallel()
	const statusUpdate = `"StatusUpdate":{`
	tests := map[string]struct {
		edits []edit
		want  string
	}{
		"type of reference added": {
			[]edit{{
				`"relatedTo":{"oneOf":[{"properties":{"aggregate":{"enum":["project"],"type":"string"},"domain":{"enum":["project"],"type":"string"},"id":{"type":"string"}},"required":["domain","aggregate","id"],"type":"object"},{"properties":{"aggregate":{"enum":["appinstallation"],"type":"string"},"domain":{"enum":["app"],"type":"string"},"id":{"type":"string"}},"required":["domain","aggregate","id"],"type":"object"}]},"requestKey"`,
				`"relatedTo":{"oneOf":[{"properties":{"aggregate":{"enum":["project"]},"domain":{"enum":["project","app"]},"id":{"type":"string"}}}]},"requestKey"`,
			}},
			"LOST       Conversation.relatedTo=app/appinstallation (GET /v2/conversations [].relatedTo): the value is gone\n" +
				"UNKNOWN    Conversation.relatedTo=app/project (GET /v2/conversations [].relatedTo): a new value; clients get an Unknown… type",
		},
		"type of message added": {
			[]edit{{`"$ref":"#/components/schemas/StatusUpdate"}`, `"$ref":"#/components/schemas/StatusUpdate"},{"properties":{"type":{"enum":["SERVICE_REQUEST"]}}}`}},
			"UNKNOWN    GET /v2/conversations/{conversationId}/messages [].type=SERVICE_REQUEST (GET /v2/conversations/{conversationId}/messages [].type): a new type; clients get an Unknown… type",
		},
		"type of message removed": {
			[]edit{{`,{"$ref":"#/components/schemas/StatusUpdate"}`, ``}},
			"LOST       GET /v2/conversations/{conversationId}/messages []<type=STATUS_UPDATE>: the type is gone; clients get an Unknown… type",
		},
		"member of one file lost": {
			[]edit{{`"name":{"type":"string"},`, ``}},
			`LOST       UploadedFile.name (GET /v2/conversations/{conversationId}/messages []<type=MESSAGE>.files[]<status=uploaded>.name): the member is gone; clients get ""`,
		},
		"no tag": {
			[]edit{{`"type":{"enum":["MESSAGE"],"type":"string"}`, `"type":{"type":"string"}`}, {`"type":{"enum":["STATUS_UPDATE"],"type":"string"}`, `"type":{"type":"string"}`}},
			"LOST       GET /v2/conversations/{conversationId}/messages []: nothing tells the types apart: type has no fixed values; clients get an Unknown… type",
		},
		"alternatives of an alternative": {
			[]edit{{statusUpdate, `"StatusUpdate":{"oneOf":[{"$ref":"#/components/schemas/Generic"},{"allOf":[{"$ref":"#/components/schemas/Generic"},{"properties":{"meta":{"properties":{"resubmitAt":{}}}}}]}]},"Generic":{`}},
			"NEW        StatusUpdate.resubmitAt (GET /v2/conversations/{conversationId}/messages []<type=STATUS_UPDATE>.meta.resubmitAt): a member that the gateway does not read",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEqual(t, "report", test.want, report(t, known(), apiWith(t, test.edits...)))
		})
	}
}

// A document that only describes the same values in another way has no difference.
func TestCompare_Restructured(t *testing.T) {
	t.Parallel()
	for name, edits := range map[string][]edit{
		"allOf":                       {{`"Conversation":{`, `"Conversation":{"allOf":[{"$ref":"#/components/schemas/Basic"},{"properties":{"createdBy":{"$ref":"#/components/schemas/User"}},"type":"object"}]},"Basic":{`}},
		"oneOf of one":                {{`"User":{`, `"User":{"oneOf":[{"$ref":"#/components/schemas/Person"}]},"Person":{`}},
		"anyOf":                       {{`{"oneOf":[{"$ref":"#/components/schemas/Message"}`, `{"anyOf":[{"$ref":"#/components/schemas/Message"}`}},
		"renamed schema":              {{`"StatusUpdate":{`, `"de.mittwald.v1.StatusUpdate":{`}, {`schemas/StatusUpdate"`, `schemas/de.mittwald.v1.StatusUpdate"`}},
		"renamed variable":            {{`"/v2/conversations/{conversationId}/files"`, `"/v2/conversations/{id}/files"`}},
		"const":                       {{`{"enum":["MESSAGE"],"type":"string"}`, `{"const":"MESSAGE"}`}},
		"alternatives of equal kinds": {{`"internal":{"type":"boolean"}`, `"internal":{"oneOf":[{"type":"boolean"},{"type":"boolean"}]}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEqual(t, "report", "", report(t, known(), apiWith(t, edits...)))
		})
	}
}

func TestCompare_Requests(t *testing.T) {
	t.Parallel()
	const content = `"messageContent":{"maxLength":8000,"type":"string"},`
	tests := map[string]struct {
		edits []edit
		want  string
	}{
		"required member":     {[]edit{{content, content + `"mainUserId":{"type":"string"},`}, {`"title":{"type":"string"}},"type":"object"}`, `"title":{"type":"string"}},"required":["mainUserId"],"type":"object"}`}}, "REQUEST    POST /v2/conversations mainUserId: a required member that the gateway does not send; mStudio rejects the call"},
		"member now required": {[]edit{{`"title":{"type":"string"}},"type":"object"}`, `"title":{"type":"string"}},"required":["title"],"type":"object"}`}}, "REQUEST    POST /v2/conversations title: the member is required; mStudio rejects the call without it"},
		"optional member":     {[]edit{{content, content + `"mainUserId":{"type":"string"},`}}, "NEW        POST /v2/conversations mainUserId: a member that the gateway does not send"},
		"member removed":      {[]edit{{content, ``}}, "REQUEST    POST /v2/conversations messageContent: the member is no longer accepted; mStudio ignores or rejects it"},
		"shorter maximum":     {[]edit{{`"maxLength":8000`, `"maxLength":4000`}}, "REQUEST    POST /v2/conversations messageContent: at most 4000 characters instead of 8000; mStudio rejects longer texts"},
		"longer maximum":      {[]edit{{`"maxLength":8000`, `"maxLength":9000`}}, ""},
		"sort key removed":    {[]edit{{`["createdAt","title"]`, `["createdAt"]`}}, "REQUEST    GET /v2/conversations parameter sort=title (GET /v2/conversations parameter sort): the value is no longer accepted; mStudio rejects the call"},
		"sort key added":      {[]edit{{`["createdAt","title"]`, `["createdAt","title","priority"]`}}, ""},
		"parameter removed":   {[]edit{{`"name":"sort"`, `"name":"sortBy"`}}, "REQUEST    GET /v2/conversations parameter sort: the parameter is gone; mStudio ignores or rejects it\nNEW        GET /v2/conversations parameter sortBy: a parameter that the gateway does not send"},
		"parameter required":  {[]edit{{`{"in":"query","name":"limit"`, `{"in":"query","name":"customerId","required":true},{"in":"query","name":"limit"`}}, "REQUEST    GET /v2/conversations parameter customerId: a required parameter that the gateway does not send; mStudio rejects the call"},
		"smaller page":        {[]edit{{`"minimum":1`, `"maximum":50`}}, "REQUEST    GET /v2/conversations parameter limit: at most 50 instead of 100; mStudio rejects the call"},
		"type of reference removed": {
			[]edit{{
				`"relatedTo":{"oneOf":[{"properties":{"aggregate":{"enum":["project"],"type":"string"},"domain":{"enum":["project"],"type":"string"},"id":{"type":"string"}},"required":["domain","aggregate","id"],"type":"object"},{"properties":{"aggregate":{"enum":["appinstallation"],"type":"string"},"domain":{"enum":["app"],"type":"string"},"id":{"type":"string"}},"required":["domain","aggregate","id"],"type":"object"}]},"title"`,
				`"relatedTo":{"properties":{"aggregate":{"enum":["project"]},"domain":{"enum":["project"]},"id":{"type":"string"}},"type":"object"},"title"`,
			}},
			"REQUEST    POST /v2/conversations relatedTo=app/appinstallation (POST /v2/conversations relatedTo): the type is no longer accepted; mStudio rejects the call",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEqual(t, "report", test.want, report(t, known(), apiWith(t, test.edits...)))
		})
	}
}

// Two states that alternate give a difference only for the other one.
func TestCompare_Flapping(t *testing.T) {
	t.Parallel()
	other := apiWith(t, edit{`"enum":["open","closed"]`, `"enum":["open","closed","waiting"]`})
	for i, document := range []string{apiWith(t), other, apiWith(t), other} {
		if got := report(t, known(), document); (got == "") != (i%2 == 0) {
			t.Errorf("state %d: %s", i, got)
		}
	}
}

// A member that is removed from the manifest is found in the document.
func TestCompare_IncompleteManifest(t *testing.T) {
	t.Parallel()
	for r, route := range known().Routes {
		for m, member := range route.Reads {
			if strings.HasSuffix(member.Path, "]") || strings.HasSuffix(member.Path, ">") || len(route.Reads) == 1 {
				continue
			}
			manifest := known()
			reads := manifest.Routes[r].Reads
			manifest.Routes[r].Reads = slices.Concat(reads[:m], reads[m+1:])
			name := member.Path[strings.LastIndex(member.Path, ".")+1:]
			hasChildren := m < len(reads)-1 && strings.HasPrefix(route.Reads[min(m+1, len(route.Reads)-1)].Path, member.Path)
			if got := report(t, manifest, apiWith(t)); !hasChildren && !strings.Contains(got, name+": a member that the gateway does not read") && !strings.Contains(got, "."+name+" (") {
				t.Errorf("%s %s: %q", route.Name, member.Path, got)
			}
		}
	}
}

// A document of any form ends the comparison without a panic.
func FuzzCompare(f *testing.F) {
	text, err := os.ReadFile("testdata/api.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add(`{"paths": {"/v2/conversations": {"get": {"parameters": [{"$ref": "#/paths"}], "responses": {"200": {"$ref": "#/components/a"}}}}}, "components": {"a": {"$ref": "#/components/a"}}}`)
	f.Add(`{"paths": {"/v2/conversations": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/s"}}}}}}}}, "s": {"allOf": [{"$ref": "#/s"}, {"$ref": "#/s"}], "oneOf": [true, 1]}}`)
	f.Fuzz(func(_ *testing.T, text string) {
		if document, err := drift.ParseDocument([]byte(text)); err == nil {
			drift.Compare(known(), document, "v2")
		}
	})
}
