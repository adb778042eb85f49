package main

import (
	"strconv"
	"strings"
	"time"
)

// step writes one entry of a thread at its current time.
type step func() *message

// head is how a conversation starts.
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

// tail is how a conversation ends: with whom its status is waiting for.
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

// next is what happens in between: mostly talk, sometimes something that only some conversations have.
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

// entry makes an entry with what all types have in common.
func (t *thread) entry(kind string) *message {
	m := &message{ConversationID: t.conv.ID, Type: kind, CreatedAt: t.at}
	if kind != typeStatusUpdate {
		m.ID = newID(t.conv.ID, "message", strconv.Itoa(len(t.conv.Messages)))
	}
	return m
}

// say makes a message of a user. Only some messages say whether they are internal.
func (t *thread) say(by *user, text string) *message {
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

// update makes a status update. Two in three say who caused it, if somebody did.
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

// resubmit makes the traces of mittwald's own calendar, which customers see, too.
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

// note makes a message that the support team writes for itself.
func (t *thread) note() *message {
	m := t.entry(typeMessage)
	m.CreatedBy, m.Internal = t.someStaff(), new(true)
	m.Content = t.fill(pick(t.rng, t.language.small.lines["notes"]))
	return m
}

// upload makes a message of files without a word.
func (t *thread) upload() *message {
	m := t.say(t.someClient(), "")
	m.Files = t.files(1 + t.rng.IntN(2))
	return m
}

// automatic makes a message that nobody wrote.
func (t *thread) automatic() *message {
	return t.say(nil, t.fill("[Automatische Nachricht / automated message]\n\n{domain}: "+t.conv.Title))
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
	return t.say(t.clients[0], text+t.bye(t.clients[0], ""))
}

// paste is what people copy into messages: n excerpts of logs or files, or nothing if the topic has none.
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
	return t.say(by, text)
}

func (t *thread) answer() *message {
	t.byStaff = true
	by := t.someStaff()
	return t.say(by, t.talk("staff", firstName(t.clients[0]))+t.bye(by, t.language.support))
}

func (t *thread) thanks() *message { return t.remark(t.clients[0], "thanks") }

func (t *thread) closing() *message { return t.remark(t.staff[0], "closing") }

func (t *thread) remark(by *user, section string) *message {
	return t.say(by, sentence(t.fill(pick(t.rng, t.language.small.lines[section])))+t.bye(by, ""))
}

// talk is one or two fragments, with or without a greeting.
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

// draw prefers what has not been said about the topic, and falls back to what can always be said. The first answer
// is often just that somebody cares.
func (t *thread) draw(speaker string) string {
	first := speaker == "staff" && !t.answered
	t.answered = t.answered || first
	if first && chance(t.rng, 60) {
		return pick(t.rng, t.language.small.lines["first"])
	}
	if chance(t.rng, 45) {
		line := t.deck(speaker, t.topic.lines[speaker]).draw()
		if !t.said[line] {
			t.said[line] = true
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

// someClient is mostly the main user.
func (t *thread) someClient() *user {
	if chance(t.rng, 70) {
		return t.clients[0]
	}
	return pick(t.rng, t.clients)
}

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

// files attaches n files. Most were uploaded, some only announced, some are deleted by now.
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
