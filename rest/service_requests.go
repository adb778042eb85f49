package rest

import (
	"time"

	"mstudio-graphql/internal/jsonscan"
)

// ServiceRequestKind is the subject of a service request, as mStudio spells it.
type ServiceRequestKind string

// The known kinds of service requests.
const (
	KindRelocation            ServiceRequestKind = "relocation"
	KindCall                  ServiceRequestKind = "call"
	KindMailSendLimitIncrease ServiceRequestKind = "mailSendLimitIncrease"
)

// ServiceRequest is a request that a customer submitted through a form.
type ServiceRequest struct {
	MessageHead
	Kind  ServiceRequestKind
	Files []File
	// Payload is nil if the request has none, for example a call.
	Payload ServiceRequestPayload
}

// RawKind returns the kind as mStudio spells it.
func (r *ServiceRequest) RawKind() string { return string(r.Kind) }

// ServiceRequestPayload holds the form's fields: a [*Relocation], a [*MailSendLimitIncrease] or an [*UnknownPayload].
type ServiceRequestPayload interface{ IsServiceRequestPayload() }

// Relocation requests the move of a website from another provider.
type Relocation struct {
	// RequestKey is the key in mittwald's relocation system; nil if there is none.
	RequestKey          *string            `api:"redirectusKey,required"`
	UserID              string             `api:"userId,required"`
	Notes               *string            `api:"notes"`
	PreferredDate       *time.Time         `api:"preferredRelocationDate"`
	Contact             *RelocationContact `api:"contact,required"`
	Source              *RelocationSource  `api:"source,required"`
	Target              *RelocationTarget  `api:"target,required"`
	RelocationDomains   `api:"domain"`
	RelocationMailboxes `api:"email"`
}

// RelocationDomains holds the domains to move. IncludesAllDomains is nil if the form omits it.
type RelocationDomains struct {
	IncludesAllDomains *bool               `api:"allDomains"`
	Domains            []*RelocationDomain `api:"domains"`
}

// RelocationMailboxes holds the mailboxes to move.
type RelocationMailboxes struct {
	Mailboxes []*RelocationMailbox `api:"emailInboxes"`
}

func (RelocationDomains) schemaType() string { return "Relocation" }

func (RelocationMailboxes) schemaType() string { return "Relocation" }

// User returns a reference to the user who requested the move; nil if the form omits it.
func (r *Relocation) User() *User { return byID[User](r.UserID) }

// RelocationContact is the contact for questions.
type RelocationContact struct {
	FirstName *string `api:"firstname,required"`
	LastName  *string `api:"lastname,required"`
	Email     *string `api:"email"`
	Phone     *string `api:"phone"`
}

// RelocationSource describes the website at the old provider.
type RelocationSource struct {
	Account          *string `api:"sourceAccount,required"`
	ProviderName     *string `api:"providerName,required"`
	ProviderURL      *string `api:"providerUrl,required"`
	ProviderUsername *string `api:"providerUsername,required"`
	ProviderPassword *Secret `api:"providerPassword,required"`
}

// RelocationTarget describes the website's new place.
type RelocationTarget struct {
	Organisation        *string            `api:"organisation,required"`
	AccountShortID      *string            `api:"accountShortId,required"`
	Product             *string            `api:"product,required"`
	ArticleType         *string            `api:"articleType,required"`
	Application         *string            `api:"application"`
	IncludesDataCompare *bool              `api:"withDataCompare"`
	Prices              []*RelocationPrice `api:"prices"`
}

// RelocationPrice is an item of the offer.
type RelocationPrice struct {
	Name  *string  `api:"name"`
	Price *float64 `api:"price"`
}

// RelocationDomain is a domain to move.
type RelocationDomain struct {
	DomainName *string `api:"domainName"`
	AuthCode   *Secret `api:"authCode"`
}

// RelocationMailbox is a mailbox to move.
type RelocationMailbox struct {
	Email    *string `api:"email"`
	Password *Secret `api:"password"`
}

// MailSendLimitIncrease requests a higher sending limit for a mail address.
type MailSendLimitIncrease struct {
	MailAddressID *string `api:"mailAddressId,required"`
	RateLimitID   *string `api:"rateLimitId,required"`
}

// UnknownPayload is the payload of an unknown kind. It holds only the names of the members, because their values may be
// secret.
type UnknownPayload struct{ Keys []string }

func (f *messageFields) serviceRequest(d *decoder) *ServiceRequest {
	request := &ServiceRequest{MessageHead: f.MessageHead, Kind: ServiceRequestKind(f.content.String()), Files: f.files}
	reportUnknown(d, "ServiceRequest.kind", request.Kind)
	if f.meta == nil {
		return request
	}
	d.message = &request.MessageHead
	d.within(f.meta, func() { request.Payload = d.payload(request.Kind) })
	return request
}

func (d *decoder) payload(kind ServiceRequestKind) ServiceRequestPayload {
	switch kind {
	case KindRelocation:
		return object[Relocation](d)
	case KindMailSendLimitIncrease:
		return object[MailSendLimitIncrease](d)
	case KindCall:
		if d.isRelocation() {
			return object[Relocation](d)
		}
	}
	return d.unknownPayload()
}

// isRelocation reports whether the object that follows has the members of a relocation. mStudio's documents had them as the
// payload of a call, too, until May 2026.
func (d *decoder) isRelocation() bool {
	sent := map[string]bool{}
	again := decoder{Scanner: jsonscan.Scanner{Data: d.Data[d.start():], Depth: d.Depth}}
	again.object("", func(name []byte) {
		sent[string(name)] = true
		again.Skip()
	})
	return sent["source"] && sent["target"]
}

// unknownPayload reads the names of the members. It returns nil for an empty object, which is the payload of a call.
func (d *decoder) unknownPayload() ServiceRequestPayload {
	payload := &UnknownPayload{}
	d.object("", func(name []byte) {
		payload.Keys = append(payload.Keys, validText(name))
		d.Skip()
	})
	if payload.Keys == nil {
		return nil
	}
	return payload
}
