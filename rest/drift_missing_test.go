package rest

import (
	"slices"
	"strings"
	"testing"
)

// The API has omitted members that its schema requires, and its schema has required members that the API never sent. So
// each test removes one member of a full document in several ways. The item must stay, and its other members must keep
// their values.

// missingWays returns the ways in which a value can be missing. A value of the wrong kind is one of them.
func missingWays(value string) map[string]string {
	ways := map[string]string{"absent": removed, "null": "null", "empty array": "[]"}
	switch value[0] {
	case '{', '[':
		ways["text"] = `"text"`
		ways["number"] = "4711"
		ways["boolean"] = "true"
		if value[0] == '[' {
			ways["object"] = `{"wrong":{"kind":[]}}`
			delete(ways, "empty array")
		}
	default:
		ways["object"] = `{"wrong":{"kind":[]}}`
		ways["array"] = `["wrong",["kind"]]`
	}
	return ways
}

func TestConversationWithoutOneMember(t *testing.T) {
	t.Parallel()
	document := fixture(t, "conversation.json")
	without := map[string]func(c *Conversation){
		// The requested ID replaces a missing one.
		"conversationId":         func(*Conversation) {},
		"shortId":                func(c *Conversation) { c.ShortID = "" },
		"title":                  func(c *Conversation) { c.Title = "" },
		"status":                 func(c *Conversation) { c.Status = "" },
		"visibility":             func(c *Conversation) { c.Visibility = "" },
		"createdAt":              func(c *Conversation) { c.CreatedAt = Epoch() },
		"createdBy":              func(c *Conversation) { c.CreatedBy = nil },
		"createdBy.userId":       func(c *Conversation) { c.CreatedBy.Ref = derivedRef() },
		"createdBy.clearName":    func(c *Conversation) { c.CreatedBy.Name = nil },
		"createdBy.active":       func(c *Conversation) { c.CreatedBy.Active = nil },
		"createdBy.avatarRefId":  func(c *Conversation) { c.CreatedBy.AvatarURL = nil },
		"createdBy.isEmployee":   func(c *Conversation) { c.CreatedBy.IsEmployee = nil },
		"mainUser":               func(c *Conversation) { c.MainUser = nil },
		"mainUser.userId":        func(c *Conversation) { c.MainUser.Ref = derivedRef() },
		"mainUser.clearName":     func(c *Conversation) { c.MainUser.Name = nil },
		"category":               func(c *Conversation) { c.Category = nil },
		"category.categoryId":    func(c *Conversation) { c.Category.ID = derived },
		"category.name":          func(c *Conversation) { c.Category.Name = "" },
		"category.referenceType": func(c *Conversation) { c.Category.ReferenceTypes = []CategoryReferenceType{} },
		"notificationRoles":      func(c *Conversation) { c.NotificationRoles = []NotificationRole{} },
		"relatedTo":              func(c *Conversation) { c.RelatedTo = nil },
		"relatedTo.id":           func(c *Conversation) { c.RelatedTo = withoutID("project", "project") },
		"sharedWith":             func(c *Conversation) { c.SharedWith = nil },
		"sharedWith.id":          func(c *Conversation) { c.SharedWith = withoutID("customer", "customer") },
		"relations":              func(c *Conversation) { c.Relations = []Reference{} },
		"relations.0.id":         func(c *Conversation) { c.Relations[0] = withoutID("ingress", "domain") },
		"relations.0.domain": func(c *Conversation) {
			c.Relations[0] = &UnknownReference{ID: "i-1", ref: reference{aggregate: "domain", id: "i-1"}}
		},
		"relations.0.aggregate": func(c *Conversation) {
			c.Relations[0] = &UnknownReference{ID: "i-1", ref: reference{domain: "ingress", id: "i-1"}}
		},
		"lastMessageAt":                    func(*Conversation) {},
		"lastMessageBy":                    func(*Conversation) {},
		"lastMessageBy.userId":             func(*Conversation) {},
		"lastMessage.createdAt":            func(c *Conversation) { c.LastMessage.CreatedAt = at("2026-07-02T07:00:00Z") },
		"lastMessage.createdBy":            func(c *Conversation) { c.LastMessage.CreatedBy = &User{Ref: complete("u-dora")} },
		"lastMessage.createdBy.userId":     func(c *Conversation) { c.LastMessage.CreatedBy.Ref = derivedRef() },
		"lastMessage.createdBy.clearName":  func(c *Conversation) { c.LastMessage.CreatedBy.Name = nil },
		"lastMessage.createdBy.isEmployee": func(c *Conversation) { c.LastMessage.CreatedBy.IsEmployee = nil },
		"lastMessage": func(c *Conversation) {
			c.LastMessage = &LastMessage{CreatedAt: at("2026-07-02T07:00:00Z"), CreatedBy: &User{Ref: complete("u-dora")}}
		},
		"relatedTo.domain": func(c *Conversation) {
			c.RelatedTo = &UnknownReference{ID: "p-1", ref: reference{aggregate: "project", id: "p-1"}}
		},
		"relatedTo.aggregate": func(c *Conversation) {
			c.RelatedTo = &UnknownReference{ID: "p-1", ref: reference{domain: "project", id: "p-1"}}
		},
		"sharedWith.domain": func(c *Conversation) {
			c.SharedWith = &UnknownReference{ID: "c-1", ref: reference{aggregate: "customer", id: "c-1"}}
		},
		"sharedWith.aggregate": func(c *Conversation) {
			c.SharedWith = &UnknownReference{ID: "c-1", ref: reference{domain: "customer", id: "c-1"}}
		},
	}
	for _, path := range pathsOf(t, document) {
		take, ok := without[path]
		if !ok {
			t.Errorf("no expectation without %q", path)
			continue
		}
		for way, value := range missingWays(pick(t, document, path)) {
			t.Run(path+" "+way, func(t *testing.T) {
				t.Parallel()
				want := fullConversation()
				take(want)
				got := mustReadConversation(t, edit(t, document, path, value))
				wantEqual(t, "conversation", want, got)
			})
		}
	}
}

func TestMessageWithoutOneMember(t *testing.T) {
	t.Parallel()
	document := fixture(t, "messages.json")
	without := messagesWithout()
	for _, path := range pathsOf(t, document) {
		take, ok := without[path]
		if !ok {
			t.Errorf("no expectation without %q", path)
			continue
		}
		for way, value := range missingWays(pick(t, document, path)) {
			t.Run(path+" "+way, func(t *testing.T) {
				t.Parallel()
				want := fullMessages()
				i := index(t, path[:1])
				want[i] = take(want[i])
				// A wrong kind of value may mean yes, and then the message must not be shown.
				if strings.HasSuffix(path, ".internal") && value != removed && value != "null" {
					want[i].Head().IsInternal, want[i].Head().IsDoubtful = true, true
				}
				got := mustReadMessages(t, edit(t, document, path, value))
				wantEqual(t, "messages", want, pinDerived(t, got))
			})
		}
	}
}

// messagesWithout returns the expected item without a member, for each member of testdata/messages.json.
func messagesWithout() map[string]func(Message) Message {
	without := map[string]func(Message) Message{}
	add := func(path string, take func(Message) Message) { without[path] = take }
	for item, kind := range []string{"MESSAGE", "STATUS_UPDATE", "STATUS_UPDATE", "SERVICE_REQUEST", "SERVICE_REQUEST", "SERVICE_REQUEST"} {
		at := string(rune('0'+item)) + "."
		add(at+"type", func(m Message) Message { return &UnknownMessage{MessageHead: *m.Head()} })
		add(at+"createdAt", changed(func(m Message) { m.Head().CreatedAt = Epoch() }))
		// The requested ID replaces a missing one.
		add(at+"conversationId", changed(func(Message) {}))
		if kind != "STATUS_UPDATE" {
			add(at+"messageId", changed(func(m Message) { m.Head().ID = derived }))
		}
	}
	add("0.internal", changed(func(Message) {}))
	add("1.internal", changed(func(m Message) { m.Head().IsInternal = false }))
	textMessageWithout(add)
	statusUpdateWithout(add)
	serviceRequestWithout(add)
	relocationWithout(add)
	return without
}

// changed converts a function that changes an item to one that returns it.
func changed[M Message](change func(M)) func(Message) Message {
	return func(m Message) Message {
		change(m.(M))
		return m
	}
}

type addMissing func(path string, take func(Message) Message)

func textMessageWithout(add addMissing) {
	add("0.messageContent", changed(func(m *TextMessage) { m.Content = nil }))
	add("0.createdBy", changed(func(m *TextMessage) { m.CreatedBy = nil }))
	add("0.createdBy.userId", changed(func(m *TextMessage) { m.CreatedBy.Ref = derivedRef() }))
	add("0.createdBy.clearName", changed(func(m *TextMessage) { m.CreatedBy.Name = nil }))
	add("0.createdBy.active", changed(func(m *TextMessage) { m.CreatedBy.Active = nil }))
	add("0.createdBy.isEmployee", changed(func(m *TextMessage) { m.CreatedBy.IsEmployee = nil }))
	add("0.files", changed(func(m *TextMessage) { m.Files = []File{} }))
	add("0.files.0.id", changed(func(m *TextMessage) { m.Files[0] = &RequestedFile{ID: derived} }))
	add("0.files.0.status", changed(func(m *TextMessage) { m.Files[0] = &UnknownFile{ID: "f-1"} }))
	add("0.files.1.id", changed(func(m *TextMessage) {
		m.Files[1].(*UploadedFile).ID, m.Files[1].(*UploadedFile).HasDerivedID = derived, true
	}))
	add("0.files.1.status", changed(func(m *TextMessage) { m.Files[1] = &UnknownFile{ID: "f-2", Name: "error.png", MimeType: "image/png"} }))
	add("0.files.1.name", changed(func(m *TextMessage) { m.Files[1].(*UploadedFile).Name = "" }))
	add("0.files.1.type", changed(func(m *TextMessage) { m.Files[1].(*UploadedFile).MimeType = "" }))
	add("0.files.2.id", changed(func(m *TextMessage) { m.Files[2].(*DeletedFile).ID = derived }))
	add("0.files.2.status", changed(func(m *TextMessage) { m.Files[2] = &UnknownFile{ID: "f-3", Name: "old.txt", MimeType: "text/plain"} }))
	add("0.files.2.name", changed(func(m *TextMessage) { m.Files[2].(*DeletedFile).Name = "" }))
	add("0.files.2.type", changed(func(m *TextMessage) { m.Files[2].(*DeletedFile).MimeType = "" }))
	add("0.files.2.deletionDate", changed(func(m *TextMessage) { m.Files[2].(*DeletedFile).DeletedAt = nil }))
}

func statusUpdateWithout(add addMissing) {
	for _, at := range []string{"1.", "2."} {
		add(at+"messageContent", changed(func(m *StatusUpdate) { m.Code = "" }))
		add(at+"meta", changed(func(m *StatusUpdate) { m.User, m.Resubmission = nil, nil }))
		add(at+"meta.user", changed(func(m *StatusUpdate) { m.User = nil }))
		add(at+"meta.user.userId", changed(func(m *StatusUpdate) { m.User.Ref = derivedRef() }))
	}
	add("1.meta.user.clearName", changed(func(m *StatusUpdate) { m.User.Name = nil }))
	add("1.meta.user.isEmployee", changed(func(m *StatusUpdate) { m.User.IsEmployee = nil }))
	add("1.meta.resubmitAt", changed(func(m *StatusUpdate) { m.Resubmission.ResubmitAt = nil }))
	add("1.meta.groupId", changed(func(m *StatusUpdate) { m.Resubmission.GroupID = nil }))
	add("1.meta.groupAcronym", changed(func(m *StatusUpdate) { m.Resubmission.GroupAcronym = nil }))
	add("1.meta.groupName", changed(func(m *StatusUpdate) { m.Resubmission.GroupName = nil }))
}

func serviceRequestWithout(add addMissing) {
	for _, at := range []string{"3.", "4.", "5."} {
		add(at+"files", changed(func(m *ServiceRequest) { m.Files = []File{} }))
	}
	// Without its kind, a payload cannot be told: its member names are all that is safe to keep. They are sorted
	// because the fixture is edited through a map.
	add("3.messageContent", changed(func(m *ServiceRequest) {
		m.Kind = ""
		m.Payload = &UnknownPayload{Keys: []string{
			"contact", "domain", "email", "notes", "preferredRelocationDate", "redirectusKey", "source", "target", "userId",
		}}
	}))
	add("4.messageContent", changed(func(m *ServiceRequest) {
		m.Kind, m.Payload = "", &UnknownPayload{Keys: []string{"mailAddressId", "rateLimitId"}}
	}))
	add("5.messageContent", changed(func(m *ServiceRequest) { m.Kind = "" }))
	add("3.meta", changed(func(m *ServiceRequest) { m.Payload = nil }))
	add("4.meta", changed(func(m *ServiceRequest) { m.Payload = nil }))
	add("4.meta.mailAddressId", changed(func(m *ServiceRequest) { m.Payload.(*MailSendLimitIncrease).MailAddressID = nil }))
	add("4.meta.rateLimitId", changed(func(m *ServiceRequest) { m.Payload.(*MailSendLimitIncrease).RateLimitID = nil }))
}

func relocationWithout(add addMissing) {
	take := func(path string, change func(*Relocation)) {
		add("3.meta."+path, changed(func(m *ServiceRequest) { change(m.Payload.(*Relocation)) }))
	}
	take("redirectusKey", func(r *Relocation) { r.RequestKey = nil })
	take("userId", func(r *Relocation) { r.UserID = "" })
	take("notes", func(r *Relocation) { r.Notes = nil })
	take("preferredRelocationDate", func(r *Relocation) { r.PreferredDate = nil })
	take("contact", func(r *Relocation) { r.Contact = nil })
	take("contact.firstname", func(r *Relocation) { r.Contact.FirstName = nil })
	take("contact.lastname", func(r *Relocation) { r.Contact.LastName = nil })
	take("contact.email", func(r *Relocation) { r.Contact.Email = nil })
	take("contact.phone", func(r *Relocation) { r.Contact.Phone = nil })
	take("source", func(r *Relocation) { r.Source = nil })
	take("source.sourceAccount", func(r *Relocation) { r.Source.Account = nil })
	take("source.providerName", func(r *Relocation) { r.Source.ProviderName = nil })
	take("source.providerUrl", func(r *Relocation) { r.Source.ProviderURL = nil })
	take("source.providerUsername", func(r *Relocation) { r.Source.ProviderUsername = nil })
	take("source.providerPassword", func(r *Relocation) { r.Source.ProviderPassword = nil })
	take("target", func(r *Relocation) { r.Target = nil })
	take("target.organisation", func(r *Relocation) { r.Target.Organisation = nil })
	take("target.accountShortId", func(r *Relocation) { r.Target.AccountShortID = nil })
	take("target.product", func(r *Relocation) { r.Target.Product = nil })
	take("target.articleType", func(r *Relocation) { r.Target.ArticleType = nil })
	take("target.application", func(r *Relocation) { r.Target.Application = nil })
	take("target.withDataCompare", func(r *Relocation) { r.Target.IncludesDataCompare = nil })
	take("target.prices", func(r *Relocation) { r.Target.Prices = []*RelocationPrice{} })
	for i, at := range []string{"target.prices.0.", "target.prices.1."} {
		take(at+"name", func(r *Relocation) { r.Target.Prices[i].Name = nil })
		take(at+"price", func(r *Relocation) { r.Target.Prices[i].Price = nil })
	}
	take("domain", func(r *Relocation) { r.IncludesAllDomains, r.Domains = nil, []*RelocationDomain{} })
	take("domain.allDomains", func(r *Relocation) { r.IncludesAllDomains = nil })
	take("domain.domains", func(r *Relocation) { r.Domains = []*RelocationDomain{} })
	take("domain.domains.0.domainName", func(r *Relocation) { r.Domains[0].DomainName = nil })
	take("domain.domains.0.authCode", func(r *Relocation) { r.Domains[0].AuthCode = nil })
	take("email", func(r *Relocation) { r.Mailboxes = []*RelocationMailbox{} })
	take("email.emailInboxes", func(r *Relocation) { r.Mailboxes = []*RelocationMailbox{} })
	take("email.emailInboxes.0.email", func(r *Relocation) { r.Mailboxes[0].Email = nil })
	take("email.emailInboxes.0.password", func(r *Relocation) { r.Mailboxes[0].Password = nil })
}

func pathsOf(t *testing.T, document string) []string {
	t.Helper()
	var value any
	parse(t, document, &value)
	return slices.Sorted(slices.Values(memberPaths(value)))
}
