package rest

import (
	"net/http"
	"testing"
)

func TestSelf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want *User
	}{
		"full": {
			`{"userId":"u-1","person":{"title":"Dr.","firstName":"Anna","lastName":"Acker"},"avatarRef":"a-1","isEmployee":false,
				"email":"canary@example.org","phoneNumber":"1","mfa":{"active":true}}`,
			&User{Ref: complete("u-1"), Name: new("Anna Acker"), AvatarURL: avatar("a-1"), IsEmployee: new(false)},
		},
		"last name alone":  {`{"userId":"u-1","person":{"lastName":"Acker"}}`, &User{Ref: complete("u-1"), Name: new("Acker")}},
		"first name alone": {`{"userId":"u-1","person":{"firstName":"Anna","lastName":null}}`, &User{Ref: complete("u-1"), Name: new("Anna")}},
		"no name":          {`{"userId":"u-1","person":{}}`, &User{Ref: complete("u-1")}},
		"name as text":     {`{"userId":"u-1","person":"Anna Acker"}`, &User{Ref: complete("u-1")}},
		"nothing":          {`{}`, &User{Ref: derivedRef()}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newPipeUpstream(t, respond(http.StatusOK, test.body))
			got, err := u.client(t, Config{}).Self(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, "user", test.want, got)
			wantEqual(t, "path", "/v2/users/self", u.requests()[0].RequestURI)
		})
	}
}

func TestSelf_WrongKind(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `null`, `"u-1"`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			_, err := newUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).Self(t.Context())
			wantCode(t, err, BadResponse)
		})
	}
}

func TestRelocation_User(t *testing.T) {
	t.Parallel()
	wantEqual(t, "user", &User{Ref: Ref{ID: "u-1"}}, (&Relocation{UserID: "u-1"}).User())
	if got := new(Relocation).User(); got != nil {
		t.Errorf("want no user, got %v", got)
	}
}

func TestUserMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "userField", "", fieldsInto("User", (*decoder).userField), map[string]member[User]{
		"userId":      {`"x"`, func(u *User) { u.ID = "x" }},
		"clearName":   {`"x"`, func(u *User) { u.Name = new("x") }},
		"isEmployee":  {`true`, func(u *User) { u.IsEmployee = new(true) }},
		"active":      {`true`, func(u *User) { u.Active = new(true) }},
		"avatarRefId": {`"x"`, func(u *User) { u.AvatarURL = avatar("x") }},
		"department":  {`"mail"`, func(u *User) { u.Department = DepartmentMail }},
	})
}

func TestSelfMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "profile", "", readProfile, map[string]member[User]{
		"userId":     {`"x"`, func(u *User) { u.ID = "x" }},
		"person":     {`{"firstName":"x"}`, func(u *User) { u.Name = new("x") }},
		"isEmployee": {`true`, func(u *User) { u.IsEmployee = new(true) }},
		"avatarRef":  {`"x"`, func(u *User) { u.AvatarURL = avatar("x") }},
	})
}

func TestPersonMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "person", "", object, map[string]member[person]{
		"firstName": {`"x"`, func(p *person) { p.FirstName = "x" }},
		"lastName":  {`"x"`, func(p *person) { p.LastName = "x" }},
	})
}
