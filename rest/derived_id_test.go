package rest

import (
	"reflect"
	"testing"
)

// Two different objects without an ID have different IDs, and equal ones the same, because clients cache objects by their IDs.
func TestDerivedIDs(t *testing.T) {
	t.Parallel()
	person := func(d *decoder) string { return d.user().ID }
	tests := map[string]struct {
		read func(d *decoder) string
		a, b string
	}{
		"user":              {person, `{"user_id":"1","clearName":"Ada"}`, `{"user_id":"2","clearName":"Ada"}`},
		"user of true":      {person, `{"userId":true,"clearName":"Ada"}`, `{"userId":true,"clearName":"Bob"}`},
		"user of an object": {person, `{"userId":{"id":1}}`, `{"userId":{"id":2}}`},
		"member":            {func(d *decoder) string { return d.anyUser().ID }, `null`, `[]`},
		"category":          {func(d *decoder) string { return d.category().ID }, `{"name":"a"}`, `{"name":"b"}`},
		"requested file": {
			func(d *decoder) string { return d.file().(*RequestedFile).ID }, `{"file":1,"status":"requested"}`, `{"file":2,"status":"requested"}`,
		},
		"uploaded file": {
			func(d *decoder) string { return d.file().(*UploadedFile).ID }, `{"name":"a","status":"uploaded"}`, `{"name":"b","status":"uploaded"}`,
		},
		"deleted file": {
			func(d *decoder) string { return d.file().(*DeletedFile).ID }, `{"name":"a","status":"deleted"}`, `{"name":"b","status":"deleted"}`,
		},
		"unknown file":   {func(d *decoder) string { return d.file().(*UnknownFile).ID }, `{"name":"a"}`, `7`},
		"reference":      {func(d *decoder) string { return ReferenceID(d.referenceAt("")) }, `{"ID":1}`, `{"ID":2}`},
		"preferred user": {func(d *decoder) string { return d.preferredUser("c").UserID }, `{"id":"u"}`, `["u"]`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			idOf := func(body string) string {
				id, err := decode([]byte(body), "", func(d *decoder) string {
					return test.read(d)
				})
				if err != nil || !isDerived(id) {
					t.Errorf("%s: %q, %v", body, id, err)
				}
				return id
			}
			a, b := idOf(test.a), idOf(test.b)
			if a == b || a != idOf(test.a) {
				t.Errorf("got %s and %s", a, b)
			}
		})
	}
}

// inObject reads the only member of an object.
func inObject(read func(d *decoder) any) func(d *decoder) any {
	return func(d *decoder) (value any) {
		d.object("X", func([]byte) { value = read(d) })
		return value
	}
}

// Each element of a list of an object stays, whatever its kind, and is noted unless it can be read.
func TestElementsOfOtherKinds(t *testing.T) {
	t.Parallel()
	lists := map[string]func(d *decoder) any{
		"roles":          inObject(func(d *decoder) any { return enums[NotificationRole](d, "X.x") }),
		"relations":      inObject(func(d *decoder) any { return d.relations() }),
		"files":          inObject(func(d *decoder) any { return d.files() }),
		"members":        func(d *decoder) any { return readMembers(d) },
		"categories":     func(d *decoder) any { return readCategories(d) },
		"prices":         func(d *decoder) any { return object[RelocationTarget](d).Prices },
		"domains":        func(d *decoder) any { return object[RelocationDomains](d).Domains },
		"mailboxes":      func(d *decoder) any { return object[RelocationMailboxes](d).Mailboxes },
		"parents":        func(d *decoder) any { return object[NotificationReference](d).Parents },
		"referenceTypes": func(d *decoder) any { return object[ConversationCategory](d).ReferenceTypes },
	}
	members := map[string]string{
		"roles": "x", "relations": "x", "files": "x",
		"prices": "prices", "domains": "domains", "mailboxes": "emailInboxes", "parents": "parents", "referenceTypes": "referenceType",
	}
	for name, read := range lists {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, element := range []string{`null`, `7`, `"x"`, `true`, `[]`, `{"x":[]}`} {
				body, noted := `[{},`+element+`,{}]`, false
				if member := members[name]; member != "" {
					body = `{"` + member + `":` + body + `}`
				}
				list, err := decode([]byte(body), "", func(d *decoder) any {
					d.onDrift = func(Drift) { noted = true }
					return read(d)
				})
				if length := reflect.ValueOf(list).Len(); err != nil || length != 3 || !noted && element == "null" {
					t.Errorf("%s: %d elements, noted: %t, %v", element, length, noted, err)
				}
			}
		})
	}
}
