package main

import (
	"encoding/json"
	"strconv"
	"time"
)

// futureConversationID is the ID that the sandbox exports as FutureConversationID.
const futureConversationID = "f0700e00-2027-4e27-9a11-5afe00000001"

// future generates the conversation that the documented API could not send. Each anomaly represents a kind of change that
// the API has made before: values, alternatives and fields added; fields renamed, retyped and removed.
type future struct {
	customer *user
	employee *user
	conv     *conversation
}

// futureStart returns the time of the first entry.
func futureStart() time.Time { return time.Date(2026, time.August, 15, 6, 30, 0, 250e6, time.UTC) }

// strangeUser returns undocumented members of users. The member department was documented until June 2026.
func strangeUser() patch {
	return patch{"department": "customerService", "pronouns": "they/them", "presence": patch{"state": "away"}}
}

// futureConversation returns the conversation with the ID [futureConversationID].
func futureConversation(agency *tenant, team []*user, categories []*category) *conversation {
	f := future{customer: agency.users[0], employee: team[0]}
	f.conv = &conversation{
		ID:         futureConversationID,
		ShortID:    "c-futur3",
		Title:      "🔮 Nachricht aus der Zukunft: \"Assistent\" übernimmt <b>Domainumzug</b>",
		CreatedAt:  timestamp{futureStart()},
		CreatedBy:  f.customer,
		MainUser:   f.customer,
		Status:     statusInProgress,
		Visibility: visibilityShared,
		Category:   categoryNamed(categories, "extension"),
		RelatedTo:  &reference{ID: newID(agency.key, "assistant"), Aggregate: "project", Domain: "project"},
		SharedWith: &reference{ID: newID(agency.key, "team"), Aggregate: "customer", Domain: "customer"},
		Relations:  []reference{{ID: newID(agency.key, "prompt"), Aggregate: "prompt", Domain: "ai"}},
		Customers:  []string{agency.id},
	}
	f.conv.Messages = f.messages()
	f.conv.Members = membersOf(f.conv)
	for _, m := range f.conv.Members {
		m.Future = strangeUser()
	}
	last := f.conv.Messages[len(f.conv.Messages)-1]
	f.conv.LastMessage = &lastActivity{CreatedAt: last.CreatedAt, CreatedBy: last.CreatedBy}
	f.conv.LastMessageAt, f.conv.LastMessageBy = last.CreatedAt, last.CreatedBy
	f.conv.Future = f.changes()
	return f.conv
}

// changes returns undocumented values and members of the conversation itself.
func (f future) changes() patch {
	return patch{
		"status":            "escalated",
		"visibility":        "organisationWide",
		"createdAt":         f.local(f.conv.CreatedAt),
		"createdBy":         strangeUser(),
		"notificationRoles": []string{"customer_owner", "project_email_admin", "project_assistant"},
		"relatedTo":         patch{"domain": "ai", "aggregate": "assistant", "version": 3},
		"sharedWith":        patch{"domain": "team", "aggregate": "squad"},
		"category": map[string]any{
			"categoryId":    newID("category", "assistant"),
			"name":          "assistant",
			"referenceType": []string{"project", "assistant"},
			"icon":          "robot",
		},
		"lastMessage": patch{"preview": "Alles erledigt, oder?", "createdBy": strangeUser()},
		"priority":    "high",
		"sentiment":   map[string]any{"score": 0.25, "labels": []string{"ungeduldig", "freundlich"}},
	}
}

// local formats a time with the offset of German summer time instead of in UTC.
func (future) local(t timestamp) string {
	return t.In(time.FixedZone("", 2*60*60)).Format(timestampLayout)
}

// messages returns the entries of the conversation, oldest first.
func (f future) messages() []*message {
	steps := []func(i int) *message{
		f.created, f.complaint, f.relocation, f.poll, f.pollWithoutID, f.answer, f.quarantine, f.handover,
		f.escalation, f.precise, f.lastWord,
	}
	messages := make([]*message, len(steps))
	for i, write := range steps {
		messages[i] = write(i)
	}
	return messages
}

// entry returns the i-th entry, 47 minutes after the one before.
func (f future) entry(i int, kind, content string) *message {
	return &message{
		ID:             newID(futureConversationID, "message", strconv.Itoa(i)),
		ConversationID: futureConversationID,
		Type:           kind,
		CreatedAt:      timestamp{futureStart().Add(time.Duration(i) * 47 * time.Minute)},
		Content:        content,
	}
}

func (f future) created(i int) *message {
	m := f.entry(i, typeStatusUpdate, updateCreated)
	m.ID = ""
	m.Meta = statusMeta{User: f.customer}
	m.Future = patch{"meta": patch{"user": strangeUser(), "channel": "app"}}
	return m
}

func (f future) complaint(i int) *message {
	m := f.entry(i, typeMessage, "Hallo,\n\nder Domainumzug hängt. Kann sich das bitte ein Mensch ansehen? 🙏")
	m.CreatedBy = f.customer
	m.Future = patch{"createdBy": strangeUser(), "reactions": []string{"👀"}, "translation": map[string]any{"en": "Hello, …"}}
	return m
}

// relocation returns an order in a former form: its key was not limited to integers until July 2026, and service requests
// had the member internal until September 2025.
func (f future) relocation(i int) *message {
	m := f.entry(i, typeServiceRequest, requestRelocation)
	m.Meta = relocation{
		RedirectusKey: 4711,
		UserID:        f.customer.ID,
		Source: relocationSource{
			Account: "acc-00042", ProviderName: "Old Hosting (Example)", ProviderURL: "https://panel.old-hosting.example/",
			ProviderUsername: "web42", ProviderPassword: "not-a-real-password-0042",
		},
		Target:  relocationTarget{Organisation: "Nordlicht Digital GmbH", AccountShortID: "p-f00042", Product: "proSpace", ArticleType: "relocation-basic"},
		Contact: contact{FirstName: "Jana", LastName: "Petersen", Email: "umzug@nordlicht.example"},
	}
	m.Future = patch{
		"internal": false,
		"meta": patch{
			"redirectusKey": json.RawMessage("4711.0"),
			"source":        patch{"providerTotpSecret": "NOT-A-REAL-TOTP-SECRET"},
		},
	}
	return m
}

func (f future) poll(i int) *message {
	m := f.entry(i, "POLL", "Wie zufrieden sind Sie bisher?")
	m.CreatedBy = f.employee
	m.Future = patch{"options": []string{"sehr", "geht so", "gar nicht"}, "closesAt": f.local(timestamp{m.CreatedAt.Add(24 * time.Hour)})}
	return m
}

func (f future) pollWithoutID(i int) *message {
	m := f.poll(i)
	m.ID = ""
	m.Content = ""
	return m
}

// answer returns a message whose time has a UTC offset, so that sorting times as text gives the wrong order.
func (f future) answer(i int) *message {
	m := f.entry(i, typeMessage, "Hello Jana,\n\nI am on it. The assistant was a bit too eager.")
	m.CreatedBy = f.employee
	m.Internal = new(false)
	m.Future = patch{"createdAt": f.local(m.CreatedAt)}
	return m
}

func (f future) quarantine(i int) *message {
	m := f.entry(i, typeMessage, "Hier das Protokoll.")
	m.CreatedBy = f.customer
	id := func(n string) string { return newID(futureConversationID, "file", n) }
	m.Future = patch{"files": []map[string]any{
		{"id": id("0"), "status": "quarantined", "name": "protokoll.exe", "type": "application/x-msdownload", "scanner": "av-2"},
		{"id": id("1"), "status": fileUploaded, "name": "protokoll.txt", "type": "text/plain", "sizeInBytes": 2048},
	}}
	return m
}

func (f future) handover(i int) *message {
	m := f.entry(i, typeServiceRequest, "aiHandover")
	m.Future = patch{"meta": map[string]any{"model": "assistant-3", "confidence": 0.42, "steps": []int{1, 2, 3}, "apiKey": "NOT-A-REAL-KEY"}}
	return m
}

func (f future) escalation(i int) *message {
	m := f.entry(i, typeStatusUpdate, "STATUS_ESCALATED")
	m.ID = ""
	m.Future = patch{"meta": map[string]any{"level": 2, "reason": map[string]any{"code": "IMPATIENT"}}}
	return m
}

// precise returns a message whose time has nanoseconds.
func (f future) precise(i int) *message {
	m := f.entry(i, typeMessage, "Zwischenstand: Der Umzug läuft weiter.")
	m.CreatedAt = timestamp{m.CreatedAt.Add(123_456 * time.Nanosecond)}
	m.CreatedBy = f.employee
	m.Future = patch{"createdAt": m.CreatedAt.Format(time.RFC3339Nano)}
	return m
}

func (f future) lastWord(i int) *message {
	m := f.entry(i, typeMessage, "Vielen Dank! Und grüßt den Assistenten. 🤖")
	m.CreatedBy = f.customer
	return m
}
