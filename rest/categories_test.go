package rest

import (
	"net/http"
	"testing"
)

const categoryID = "8a0f5d3e-91c7-4b62-8e1d-5f20c9d7a604"

func TestConversationCategories(t *testing.T) {
	t.Parallel()
	body := `[{"categoryId":"` + categoryID + `","name":"Domains","referenceType":["unspecified","server","project","organisation","extensionInstance","brandNew"]},
		null, "Domains", {"name":"no id","referenceType":"project"}]`
	u := newUpstream(t, respond(http.StatusOK, body))
	got, err := u.client(t, Config{}).ConversationCategories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []*ConversationCategory{
		{
			ID: categoryID, Name: "Domains",
			ReferenceTypes: []CategoryReferenceType{"unspecified", "server", "project", "organisation", "extensionInstance", "brandNew"},
		},
		nil,
		nil,
		{ID: derived, Name: "no id", ReferenceTypes: []CategoryReferenceType{}},
	}
	wantEqual(t, "categories", want, got)
	wantEqual(t, "path", "/v2/conversation-categories", u.requests()[0].RequestURI)
}

func TestConversationCategory(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{"referenceType":["project"],"name":"Domains","categoryId":"`+categoryID+`"}`))
	got, err := u.client(t, Config{}).ConversationCategory(t.Context(), categoryID)
	if err != nil {
		t.Fatal(err)
	}
	want := &ConversationCategory{ID: categoryID, Name: "Domains", ReferenceTypes: []CategoryReferenceType{"project"}}
	wantEqual(t, "category", want, got)
	wantEqual(t, "path", "/v2/conversation-categories/"+categoryID, u.requests()[0].RequestURI)
}

func TestConversationCategory_WrongKind(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `null`, `"text"`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			_, err := newUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).ConversationCategory(t.Context(), categoryID)
			wantCode(t, err, BadResponse)
		})
	}
}

func TestCategoryMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "ConversationCategory", "", object, map[string]member[ConversationCategory]{
		"categoryId":    {`"x"`, func(c *ConversationCategory) { c.ID = "x" }},
		"name":          {`"x"`, func(c *ConversationCategory) { c.Name = "x" }},
		"referenceType": {`["server"]`, func(c *ConversationCategory) { c.ReferenceTypes = []CategoryReferenceType{CategoryServer} }},
	})
}
