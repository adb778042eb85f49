package rest

import "testing"

func TestMailSendLimitIncreaseMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "MailSendLimitIncrease", "", object, map[string]member[MailSendLimitIncrease]{
		"mailAddressId": {`"x"`, func(m *MailSendLimitIncrease) { m.MailAddressID = new("x") }},
		"rateLimitId":   {`"x"`, func(m *MailSendLimitIncrease) { m.RateLimitID = new("x") }},
	})
}

func TestRelocationMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "Relocation", "", object, map[string]member[Relocation]{
		"redirectusKey":           {`"x"`, func(r *Relocation) { r.RequestKey = new("x") }},
		"userId":                  {`"x"`, func(r *Relocation) { r.UserID = "x" }},
		"notes":                   {`"x"`, func(r *Relocation) { r.Notes = new("x") }},
		"preferredRelocationDate": {`"2026-07-01T09:15:00Z"`, func(r *Relocation) { r.PreferredDate = new(at("2026-07-01T09:15:00Z")) }},
		"contact":                 {`{}`, func(r *Relocation) { r.Contact = &RelocationContact{} }},
		"source":                  {`{}`, func(r *Relocation) { r.Source = &RelocationSource{} }},
		"target":                  {`{}`, func(r *Relocation) { r.Target = &RelocationTarget{Prices: []*RelocationPrice{}} }},
		"domain":                  {`{"allDomains":true}`, func(r *Relocation) { r.IncludesAllDomains = new(true) }},
		"email":                   {`{"emailInboxes":[{}]}`, func(r *Relocation) { r.Mailboxes = []*RelocationMailbox{{}} }},
	})
}

func TestRelocationContactMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "RelocationContact", "", object, map[string]member[RelocationContact]{
		"firstname": {`"x"`, func(c *RelocationContact) { c.FirstName = new("x") }},
		"lastname":  {`"x"`, func(c *RelocationContact) { c.LastName = new("x") }},
		"email":     {`"x"`, func(c *RelocationContact) { c.Email = new("x") }},
		"phone":     {`"x"`, func(c *RelocationContact) { c.Phone = new("x") }},
	})
}

func TestRelocationSourceMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "RelocationSource", "", object, map[string]member[RelocationSource]{
		"sourceAccount":    {`"x"`, func(s *RelocationSource) { s.Account = new("x") }},
		"providerName":     {`"x"`, func(s *RelocationSource) { s.ProviderName = new("x") }},
		"providerUrl":      {`"x"`, func(s *RelocationSource) { s.ProviderURL = new("x") }},
		"providerUsername": {`"x"`, func(s *RelocationSource) { s.ProviderUsername = new("x") }},
		"providerPassword": {`"x"`, func(s *RelocationSource) { s.ProviderPassword = NewSecret("x") }},
	})
}

func TestRelocationTargetMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "RelocationTarget", "", object, map[string]member[RelocationTarget]{
		"organisation":    {`"x"`, func(r *RelocationTarget) { r.Organisation = new("x") }},
		"accountShortId":  {`"x"`, func(r *RelocationTarget) { r.AccountShortID = new("x") }},
		"product":         {`"x"`, func(r *RelocationTarget) { r.Product = new("x") }},
		"articleType":     {`"x"`, func(r *RelocationTarget) { r.ArticleType = new("x") }},
		"application":     {`"x"`, func(r *RelocationTarget) { r.Application = new("x") }},
		"withDataCompare": {`true`, func(r *RelocationTarget) { r.IncludesDataCompare = new(true) }},
		"prices":          {`[{}]`, func(r *RelocationTarget) { r.Prices = []*RelocationPrice{{}} }},
	})
}

func TestRelocationPriceMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "RelocationPrice", "", object, map[string]member[RelocationPrice]{
		"name":  {`"x"`, func(p *RelocationPrice) { p.Name = new("x") }},
		"price": {`1.5`, func(p *RelocationPrice) { p.Price = new(1.5) }},
	})
}

func TestRelocationDomainsMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "RelocationDomains", "", object, map[string]member[RelocationDomains]{
		"allDomains": {`true`, func(r *RelocationDomains) { r.IncludesAllDomains = new(true) }},
		"domains":    {`[{}]`, func(r *RelocationDomains) { r.Domains = []*RelocationDomain{{}} }},
	})
}

func TestRelocationDomainMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "RelocationDomain", "", object, map[string]member[RelocationDomain]{
		"domainName": {`"x"`, func(r *RelocationDomain) { r.DomainName = new("x") }},
		"authCode":   {`"x"`, func(r *RelocationDomain) { r.AuthCode = NewSecret("x") }},
	})
}

func TestRelocationMailboxesMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "RelocationMailboxes", "", object, map[string]member[RelocationMailboxes]{
		"emailInboxes": {`[{}]`, func(r *RelocationMailboxes) { r.Mailboxes = []*RelocationMailbox{{}} }},
	})
}

func TestRelocationMailboxMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "RelocationMailbox", "", object, map[string]member[RelocationMailbox]{
		"email":    {`"x"`, func(m *RelocationMailbox) { m.Email = new("x") }},
		"password": {`"x"`, func(m *RelocationMailbox) { m.Password = NewSecret("x") }},
	})
}
