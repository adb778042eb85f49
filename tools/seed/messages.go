package main

import (
	"strconv"
	"strings"
	"time"
)

// The documented message types.
const (
	typeMessage        = "MESSAGE"
	typeStatusUpdate   = "STATUS_UPDATE"
	typeServiceRequest = "SERVICE_REQUEST"
)

// The known codes of status updates. The API documents the first three as examples; the last two carry a [resubmission].
const (
	updateCreated             = "CONVERSATION_CREATED"
	updateOpen                = "STATUS_OPEN"
	updateClosed              = "STATUS_CLOSED"
	updateResubmissionCreated = "RESUBMISSION_CREATED"
	updateResubmissionMoved   = "RESUBMISSION_RESUBMIT_AT_CHANGED"
)

// message is one entry of a conversation. Status updates have no ID, only messages have an author, and Content is a code
// in every other type.
type message struct {
	ID             string    `json:"messageId,omitempty"`
	ConversationID string    `json:"conversationId"`
	Type           string    `json:"type"`
	CreatedAt      timestamp `json:"createdAt"`
	CreatedBy      *user     `json:"createdBy,omitempty"`
	Content        string    `json:"messageContent,omitempty"`
	Internal       *bool     `json:"internal,omitempty"`
	Files          []file    `json:"files,omitzero"`
	Meta           any       `json:"meta,omitempty"` // statusMeta, resubmission, relocation, mailLimit or callRequest

	Future patch `json:"future,omitempty"`
}

// statusMeta names the user who caused a status update.
type statusMeta struct {
	User *user `json:"user,omitempty"`
}

// resubmission is the meta of a status update that puts a conversation on a support group's calendar.
type resubmission struct {
	ResubmitAt   timestamp `json:"resubmitAt"`
	GroupID      string    `json:"groupId"`
	GroupAcronym string    `json:"groupAcronym"`
	GroupName    string    `json:"groupName"`
	User         *user     `json:"user,omitempty"`
}

// The documented states of a file.
const (
	fileRequested = "requested"
	fileUploaded  = "uploaded"
	fileDeleted   = "deleted"
)

// file is an attachment. A requested file was announced but not uploaded, and has neither name nor type.
type file struct {
	ID        string    `json:"id"`
	Status    string    `json:"status"`
	Name      string    `json:"name,omitempty"`
	Type      string    `json:"type,omitempty"`
	DeletedAt timestamp `json:"deletionDate,omitzero"`
}

// step returns one entry at the thread's current time.
type step func() *message

// head returns the first entries of a conversation.
func (t *thread) head() []step {
	var steps []step
	if t.index%5 != 4 {
		steps = append(steps, func() *message { return t.update(updateCreated, t.conv.CreatedBy) })
	}
	if t.topic.request != "" {
		steps = append(steps, t.request)
	}
	return append(steps, t.opening)
}

// tail returns the last entries of a conversation, which depend on its status.
func (t *thread) tail() []step {
	switch t.conv.Status {
	case statusClosed:
		return []step{t.thanks, t.closing, func() *message { return t.update(updateClosed, t.staff[0]) }}
	case statusAnswered, statusWaiting:
		return []step{t.answer}
	default:
		return []step{t.question}
	}
}

// next returns an entry between head and tail: mostly a message, sometimes an entry of a rare kind.
func (t *thread) next() *message {
	switch roll := t.rng.IntN(100); {
	case roll < 3:
		return t.note()
	case roll < 5:
		return t.resubmit()
	case roll < 6:
		return t.update(updateOpen, nil)
	case roll < 7:
		return t.upload()
	case roll < 8:
		return t.automatic()
	}
	if t.byStaff != chance(t.rng, 20) {
		return t.question()
	}
	return t.answer()
}

func (t *thread) append(m *message) { t.conv.Messages = append(t.conv.Messages, m) }

// entry returns an entry with the fields of every type.
func (t *thread) entry(kind string) *message {
	m := &message{ConversationID: t.conv.ID, Type: kind, CreatedAt: t.at}
	if kind != typeStatusUpdate {
		m.ID = newID(t.conv.ID, "message", strconv.Itoa(len(t.conv.Messages)))
	}
	return m
}

// post returns a message of a user. Only some messages have the field internal.
func (t *thread) post(by *user, text string) *message {
	m := t.entry(typeMessage)
	m.CreatedBy, m.Content = by, text
	if chance(t.rng, 50) {
		m.Internal = new(false)
	}
	if chance(t.rng, 7) {
		m.Files = t.files(1 + t.rng.IntN(3))
	}
	return m
}

// update returns a status update. Two in three name the user who caused it, if any.
func (t *thread) update(code string, by *user) *message {
	m := t.entry(typeStatusUpdate)
	m.Content = code
	switch t.rng.IntN(3) {
	case 0:
		m.Internal = new(false)
		m.Meta = statusMeta{User: by}
	case 1:
		m.Meta = statusMeta{User: by}
	}
	return m
}

// resubmit returns a status update of mittwald's own calendar, which customers can see as well.
func (t *thread) resubmit() *message {
	m := t.entry(typeStatusUpdate)
	m.Content = updateResubmissionCreated
	if chance(t.rng, 40) {
		m.Content = updateResubmissionMoved
	}
	days := time.Duration(1+t.rng.IntN(14)) * 24 * time.Hour
	meta := resubmission{
		ResubmitAt: timestamp{t.at.Truncate(time.Hour).Add(days)},
		GroupID:    newID("mittwald", "group", "support"), GroupAcronym: "KS", GroupName: "Kundenservice",
	}
	if chance(t.rng, 60) {
		meta.User = t.staff[0]
	}
	if chance(t.rng, 50) {
		m.Internal = new(true)
	}
	m.Meta = meta
	return m
}

// note returns an internal message of the support team.
func (t *thread) note() *message {
	m := t.entry(typeMessage)
	m.CreatedBy, m.Internal = t.someStaff(), new(true)
	m.Content = t.fill(pick(t.rng, t.language.small.lines["notes"]))
	return m
}

// upload returns a message of files without text.
func (t *thread) upload() *message {
	m := t.post(t.someClient(), "")
	m.Files = t.files(1 + t.rng.IntN(2))
	return m
}

// automatic returns a message without an author.
func (t *thread) automatic() *message {
	return t.post(nil, t.fill("[Automatische Nachricht / automated message]\n\n{domain}: "+t.conv.Title))
}

func (t *thread) opening() *message {
	text := t.hello("mittwald-Team") + t.fill(pick(t.rng, t.topic.lines["opening"]))
	if chance(t.rng, 35) {
		text += t.paste(1)
	}
	if t.index%19 == 8 {
		text += t.paste(12)
	}
	t.byStaff = false
	return t.post(t.clients[0], text+t.bye(t.clients[0], ""))
}

// paste returns n excerpts of logs or files, or "" if the topic has no excerpts.
func (t *thread) paste(n int) string {
	if len(t.pastes) == 0 {
		return ""
	}
	var b strings.Builder
	for range n {
		b.WriteString("\n\n" + t.fill(pick(t.rng, t.pastes)))
	}
	return b.String()
}

func (t *thread) question() *message {
	t.byStaff = false
	by := t.someClient()
	text := t.talk("customer", firstName(t.staff[0]))
	if chance(t.rng, 6) {
		text += t.paste(1)
	}
	if chance(t.rng, 20) {
		text += t.bye(by, "")
	}
	return t.post(by, text)
}

func (t *thread) answer() *message {
	t.byStaff = true
	by := t.someStaff()
	return t.post(by, t.talk("staff", firstName(t.clients[0]))+t.bye(by, t.language.support))
}

func (t *thread) thanks() *message { return t.remark(t.clients[0], "thanks") }

func (t *thread) closing() *message { return t.remark(t.staff[0], "closing") }

func (t *thread) remark(by *user, section string) *message {
	return t.post(by, sentence(t.fill(pick(t.rng, t.language.small.lines[section])))+t.bye(by, ""))
}

// talk returns one or two fragments, with or without a greeting.
func (t *thread) talk(speaker, to string) string {
	first := t.draw(speaker)
	text := sentence(t.fill(first))
	if chance(t.rng, 35) {
		text = t.hello(to) + t.fill(first)
	}
	if chance(t.rng, 8) {
		text += "\n\n" + sentence(t.fill(t.deck("small-"+speaker, t.language.small.lines[speaker]).draw()))
	}
	return text
}

// draw prefers an unused fragment of the topic, and falls back to a fragment that fits every topic. The first answer is
// often an acknowledgment.
func (t *thread) draw(speaker string) string {
	first := speaker == "staff" && !t.answered
	t.answered = t.answered || first
	if first && chance(t.rng, 60) {
		return pick(t.rng, t.language.small.lines["first"])
	}
	if chance(t.rng, 45) {
		line := t.deck(speaker, t.topic.lines[speaker]).draw()
		if !t.used[line] {
			t.used[line] = true
			return line
		}
	}
	return t.deck("small-"+speaker, t.language.small.lines[speaker]).draw()
}

func (t *thread) deck(name string, cards []string) *deck {
	d := t.lines[name]
	if d == nil {
		d = &deck{rng: t.rng, cards: cards}
		t.lines[name] = d
	}
	return d
}

func (t *thread) hello(to string) string {
	return strings.TrimSpace(pick(t.rng, t.language.hellos)+" "+to) + ",\n\n"
}

func (t *thread) bye(by *user, company string) string {
	if by.Name == "" || chance(t.rng, 40) {
		return ""
	}
	return strings.TrimRight("\n\n"+pick(t.rng, t.language.byes)+"\n"+by.Name+"\n"+company, "\n")
}

// someClient returns a user of the customer, mostly the main user.
func (t *thread) someClient() *user {
	if chance(t.rng, 70) {
		return t.clients[0]
	}
	return pick(t.rng, t.clients)
}

// someStaff returns a member of the support team, mostly the first.
func (t *thread) someStaff() *user {
	if chance(t.rng, 75) {
		return t.staff[0]
	}
	return pick(t.rng, t.staff)
}

func firstName(u *user) string {
	first, _ := splitName(u.Name)
	return first
}

// files returns n files. Most are uploaded, some only announced, some deleted.
func (t *thread) files(n int) []file {
	files := make([]file, n)
	for i := range files {
		files[i] = t.file(strconv.Itoa(i))
	}
	return files
}

func (t *thread) file(n string) file {
	f := file{ID: newID(t.conv.ID, "file", strconv.Itoa(len(t.conv.Messages)), n), Status: fileUploaded}
	roll := t.rng.IntN(10)
	if roll == 0 {
		f.Status = fileRequested
		return f
	}
	kind := pick(t.rng, [][2]string{
		{"Bildschirmfoto 2026-08-03 um 10.12.44.png", "image/png"},
		{"error.log", "text/plain"},
		{"Kündigung \"Server\" (unterschrieben).pdf", "application/pdf"},
		{"mail-header.eml", "message/rfc822"},
		{"foto_größer.jpg", "image/jpeg"},
	})
	f.Name, f.Type = kind[0], kind[1]
	if roll == 1 {
		f.Status = fileDeleted
		f.DeletedAt = timestamp{t.at.Add(min(30*24*time.Hour, timelineEnd().Sub(t.at.Time)))}
	}
	return f
}
