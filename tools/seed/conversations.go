package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The documented states of a conversation.
const (
	statusOpen       = "open"
	statusClosed     = "closed"
	statusAnswered   = "answered"
	statusInProgress = "inProgress"
	statusWaiting    = "waiting"
)

// The documented visibilities of a conversation.
const (
	visibilityShared  = "shared"
	visibilityPrivate = "private"
)

// conversation is a conversation in its wire form, followed by the fields that only the sandbox reads.
type conversation struct {
	ID                string        `json:"conversationId"`
	ShortID           string        `json:"shortId"`
	Title             string        `json:"title"`
	CreatedAt         timestamp     `json:"createdAt"`
	CreatedBy         *user         `json:"createdBy,omitempty"`
	MainUser          *user         `json:"mainUser"`
	Status            string        `json:"status"`
	Visibility        string        `json:"visibility"`
	Category          *category     `json:"category,omitempty"`
	RelatedTo         *reference    `json:"relatedTo,omitempty"`
	SharedWith        *reference    `json:"sharedWith,omitempty"`
	Relations         []reference   `json:"relations,omitzero"`
	NotificationRoles []string      `json:"notificationRoles,omitzero"`
	LastMessageAt     timestamp     `json:"lastMessageAt,omitzero"`
	LastMessageBy     *user         `json:"lastMessageBy,omitempty"`
	LastMessage       *lastActivity `json:"lastMessage,omitempty"`

	Future    patch      `json:"future,omitempty"`
	Customers []string   `json:"customers"` // IDs of the customers whose users may see the conversation
	Members   []*member  `json:"members"`
	Messages  []*message `json:"messages"`
}

// lastActivity holds the time of the last message, and its author if known.
type lastActivity struct {
	CreatedAt timestamp `json:"createdAt"`
	CreatedBy *user     `json:"createdBy,omitempty"`
}

// thread generates one conversation.
type thread struct {
	rng      *rand.Rand
	index    int // determines the rare kinds, so that each of them occurs
	tenant   *tenant
	clients  []*user // authors on the customer's side; the first one is the main user
	staff    []*user // authors on the support team's side; the first one writes most answers
	language *language
	topic    *topic
	pastes   []string // excerpts of logs and files for the topic; may be empty
	domain   string
	facts    *strings.Replacer
	lines    map[string]*deck // fragments by speaker and source
	used     map[string]bool  // fragments of the topic that occurred already
	conv     *conversation
	at       timestamp // time of the entry being written
	byStaff  bool      // whether the support team wrote the last message
	answered bool      // whether the support team has written a message
}

func (sd seeder) newThread(owner *tenant, name string, index int) *thread {
	rng := newRand(owner.key+name, index)
	t := &thread{
		rng: rng, index: index, tenant: owner,
		language: sd.texts.languages[pick(rng, owner.languages)],
		domain:   pick(rng, owner.domains),
		staff:    sample(rng, sd.staff, 3),
		clients:  sample(rng, owner.users, 3),
		lines:    make(map[string]*deck),
		used:     make(map[string]bool),
	}
	if t.clients[0].Name == "" {
		slices.Reverse(t.clients) // a user who left the company cannot be the main user
	}
	t.topic = pick(rng, t.language.topics)
	t.pastes = sd.texts.pastes[t.topic.category]
	t.facts = t.newFacts()
	t.conv = &conversation{ID: newID(owner.key, "conversation", name), ShortID: shortID(rng), Customers: []string{owner.id}}
	t.describe(categoryNamed(sd.seed.Categories, t.topic.category))
	return t
}

func sample(rng *rand.Rand, from []*user, n int) []*user {
	some := slices.Clone(from)
	rng.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	return some[:min(n, len(some))]
}

func shortID(rng *rand.Rand) string {
	const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	id := []byte("c-")
	for range 6 {
		id = append(id, alphabet[rng.IntN(len(alphabet))])
	}
	return string(id)
}

// newFacts returns a replacer for the placeholders that have one value per conversation.
func (t *thread) newFacts() *strings.Replacer {
	rng := t.rng
	return strings.NewReplacer(
		"{domain}", t.domain,
		"{shop}", pick(rng, t.tenant.domains),
		"{mail}", t.tenant.mailbox(t.domain, rng),
		"{day}", pick(rng, t.language.days),
		"{server}", fmt.Sprintf("s-%06x", rng.IntN(1<<24)),
		"{container}", pick(rng, []string{"web", "api", "worker", "redis", "meilisearch", "n8n", "postgres"}),
		"{db}", fmt.Sprintf("mysql_%06x", rng.IntN(1<<24)),
		"{ip}", "203.0.113."+strconv.Itoa(1+rng.IntN(254)), // reserved for documentation
		"{oldphp}", pick(rng, []string{"7.4", "8.0", "8.1"}),
		"{php}", pick(rng, []string{"8.3", "8.4"}),
		"{plugin}", pick(rng, []string{"shop-booster", "form-builder-pro", "seo-kompass", "bild-slider", "cookie-hinweis"}),
		"{invoice}", fmt.Sprintf("RG-2026-%05d", rng.IntN(99_999)),
		"{amount}", fmt.Sprintf("%d,%02d", 9+rng.IntN(400), rng.IntN(100)),
	)
}

// fill replaces the placeholders of a fragment. {n} and {time} get a new value in each fragment.
func (t *thread) fill(fragment string) string {
	if !strings.Contains(fragment, "{") {
		return fragment
	}
	fragment = strings.ReplaceAll(fragment, "{n}", strconv.Itoa(2+t.rng.IntN(9)))
	fragment = strings.ReplaceAll(fragment, "{time}", fmt.Sprintf("%02d:%02d", 8+t.rng.IntN(11), 5*t.rng.IntN(12)))
	return t.facts.Replace(fragment)
}

// describe sets the fields of the conversation that do not depend on its messages.
func (t *thread) describe(c *category) {
	conv := t.conv
	conv.Title = t.fill(pick(t.rng, t.topic.lines["titles"]))
	conv.MainUser = t.clients[0]
	if t.index%23 != 5 {
		conv.CreatedBy = pick(t.rng, t.clients)
	}
	if t.index%11 != 3 {
		conv.Category = c
	}
	if t.index%13 != 7 {
		conv.RelatedTo = t.tenant.reference(pick(t.rng, t.topic.related), t.rng)
	}
	t.shareWith()
	t.relate()
}

func (t *thread) shareWith() {
	t.conv.Visibility = visibilityPrivate
	if chance(t.rng, 35) {
		if t.index%7 == 2 {
			t.conv.SharedWith = t.tenant.reference("user", t.rng)
		}
		return
	}
	t.conv.Visibility = visibilityShared
	t.conv.SharedWith = t.tenant.reference(pick(t.rng, []string{"customer", "customer", "project", "project", "placementgroup"}), t.rng)
	roles := []string{
		"customer_owner", "project_owner", "customer_member", "project_external", "customer_accountant", "project_emailadmin",
	}
	first := t.rng.IntN(len(roles))
	t.conv.NotificationRoles = slices.Clone(roles[first:min(first+t.rng.IntN(4), len(roles))])
}

// relate sets relations, whose domain and aggregate are free text in the API.
func (t *thread) relate() {
	if t.index%4 != 1 {
		return
	}
	t.conv.Relations = []reference{{ID: newID(t.tenant.key, "domain", t.domain), Aggregate: "domain", Domain: "domain"}}
	if t.index%8 == 1 {
		t.conv.Relations = append(t.conv.Relations, *t.tenant.reference("project", t.rng),
			reference{ID: newID(t.tenant.key, "mail", t.domain), Aggregate: "mailaddress", Domain: "mail"})
	}
}

// write adds the messages and returns the conversation. The last message is at the given time.
func (t *thread) write(last time.Time) *conversation {
	t.conv.Status = t.statusAt(last)
	if t.index%83 == 17 {
		t.conv.CreatedAt = atDaytime(last)
		t.conv.Status = statusOpen
		t.conv.Members = []*member{memberOf(t.conv.MainUser)}
		return t.conv
	}
	times := t.times(t.length(), last)
	t.conv.CreatedAt = times[0]
	head, tail := t.head(), t.tail()
	for i, at := range times {
		t.at = at
		switch rest := len(times) - i; {
		case i < len(head):
			t.append(head[i]())
		case rest <= len(tail):
			t.append(tail[len(tail)-rest]())
		default:
			t.append(t.next())
		}
	}
	t.summarize()
	return t.conv
}

// statusAt returns the status. Most conversations without recent messages are closed.
func (t *thread) statusAt(last time.Time) string {
	closed := 35
	if timelineEnd().Sub(last) > 45*24*time.Hour {
		closed = 94
	}
	if chance(t.rng, closed) {
		return statusClosed
	}
	return pick(t.rng, []string{
		statusOpen, statusOpen, statusOpen, statusAnswered, statusAnswered, statusInProgress, statusWaiting,
	})
}

// length returns the number of messages: between 5 and 40, 25 on average.
func (t *thread) length() int {
	if chance(t.rng, 8) {
		return 5 + t.rng.IntN(6)
	}
	return 12 + t.rng.IntN(29)
}

// times returns the times of n entries at irregular intervals: some minutes, mostly hours, sometimes days.
func (t *thread) times(n int, last time.Time) []timestamp {
	times := make([]timestamp, n)
	at := last
	for i := n - 1; i >= 0; i-- {
		times[i] = atDaytime(at)
		hours := pick(t.rng, []int{1, 1, 4, 4, 10, 10, 24, 60})
		at = at.Add(-time.Duration(1+t.rng.IntN(hours*3_600_000)) * time.Millisecond)
	}
	return times
}

// summarize sets the fields that depend on the messages. The API has two generations of fields for the last message, and
// some conversations have only one of them.
func (t *thread) summarize() {
	conv := t.conv
	last := conv.Messages[0]
	for _, m := range conv.Messages {
		if m.Type == typeMessage && (m.Internal == nil || !*m.Internal) {
			last = m
		}
	}
	if t.index%17 != 6 {
		conv.LastMessage = &lastActivity{CreatedAt: last.CreatedAt, CreatedBy: last.CreatedBy}
	}
	if t.index%13 != 4 || t.index%17 == 6 {
		conv.LastMessageAt, conv.LastMessageBy = last.CreatedAt, last.CreatedBy
	}
	conv.Members = membersOf(conv)
}

// membersOf returns the main user, the creator and every author once, in order of appearance.
func membersOf(c *conversation) []*member {
	var members []*member
	seen := make(map[string]bool)
	add := func(u *user) {
		if u != nil && !seen[u.ID] {
			seen[u.ID] = true
			members = append(members, memberOf(u))
		}
	}
	add(c.MainUser)
	add(c.CreatedBy)
	for _, m := range c.Messages {
		add(m.CreatedBy)
	}
	return members
}
