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
		{Name: "no id", ReferenceTypes: []CategoryReferenceType{}},
	}
	if d := diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if got, want := u.seen()[0].RequestURI, "/v2/conversation-categories"; got != want {
		t.Errorf("path: want %s, got %s", want, got)
	}
}

func TestConversationCategory(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{"referenceType":["project"],"name":"Domains","categoryId":"`+categoryID+`"}`))
	got, err := u.client(t, Config{}).ConversationCategory(t.Context(), categoryID)
	if err != nil {
		t.Fatal(err)
	}
	want := &ConversationCategory{ID: categoryID, Name: "Domains", ReferenceTypes: []CategoryReferenceType{"project"}}
	if d := diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if got, want := u.seen()[0].RequestURI, "/v2/conversation-categories/"+categoryID; got != want {
		t.Errorf("path: want %s, got %s", want, got)
	}
}

func TestConversationCategoryOfAnotherShape(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `null`, `"text"`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			_, err := newUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).ConversationCategory(t.Context(), categoryID)
			wantCode(t, err, BadResponse)
		})
	}
}
