package rest

import (
	"time"
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
	RequestKey    *string
	UserID        string
	Notes         *string
	PreferredDate *time.Time
	Contact       *RelocationContact
	Source        *RelocationSource
	Target        *RelocationTarget
	// AllDomains is nil if the form omits it.
	AllDomains *bool
	Domains    []*RelocationDomain
	Mailboxes  []*RelocationMailbox
}

// User returns a reference to the user who requested the move; nil if the form omits it.
func (r *Relocation) User() *User { return byID[User](r.UserID) }

// RelocationContact is the contact for questions.
type RelocationContact struct{ FirstName, LastName, Email, Phone *string }

// RelocationSource describes the website at the old provider.
type RelocationSource struct {
	Account, ProviderName, ProviderURL, ProviderUsername *string
	ProviderPassword                                     *Secret
}

// RelocationTarget describes the website's new place.
type RelocationTarget struct {
	Organisation, AccountShortID, Product, ArticleType, Application *string
	WithDataCompare                                                 *bool
	Prices                                                          []*RelocationPrice
}

// RelocationPrice is an item of the offer.
type RelocationPrice struct {
	Name  *string
	Price *float64
}

// RelocationDomain is a domain to move.
type RelocationDomain struct {
	DomainName *string
	AuthCode   *Secret
}

// RelocationMailbox is a mailbox to move.
type RelocationMailbox struct {
	Email    *string
	Password *Secret
}

// MailSendLimitIncrease requests a higher sending limit for a mail address.
type MailSendLimitIncrease struct{ MailAddressID, RateLimitID *string }

// UnknownPayload is the payload of an unknown kind. It holds only the names of the members, because their values may be
// secret.
type UnknownPayload struct{ Keys []string }

func (f *messageFields) serviceRequest(d *decoder) *ServiceRequest {
	request := &ServiceRequest{MessageHead: f.MessageHead, Kind: ServiceRequestKind(f.content.String()), Files: f.files}
	reportUnknown(d, "ServiceRequest.kind", request.Kind)
	if len(f.meta) == 0 || f.meta[0] != '{' {
		return request
	}
	d.within(f.meta, func() { request.Payload = d.payload(request.Kind) })
	return request
}

func (d *decoder) payload(kind ServiceRequestKind) ServiceRequestPayload {
	switch kind {
	case KindRelocation:
		return d.relocation()
	case KindMailSendLimitIncrease:
		return d.mailSendLimitIncrease()
	default:
		return d.unknownPayload()
	}
}

// unknownPayload reads the names of the members. It returns nil for an empty object, which is the payload of a call.
func (d *decoder) unknownPayload() ServiceRequestPayload {
	payload := &UnknownPayload{}
	d.object(func(name []byte) {
		payload.Keys = append(payload.Keys, validText(name))
		d.Skip()
	})
	if payload.Keys == nil {
		return nil
	}
	return payload
}

func (d *decoder) mailSendLimitIncrease() *MailSendLimitIncrease {
	payload := &MailSendLimitIncrease{}
	d.object(func(name []byte) {
		switch string(name) {
		case "mailAddressId":
			payload.MailAddressID = d.optionalString()
		case "rateLimitId":
			payload.RateLimitID = d.optionalString()
		default:
			d.Skip()
		}
	})
	return payload
}

func (d *decoder) relocation() *Relocation {
	payload := &Relocation{Domains: []*RelocationDomain{}, Mailboxes: []*RelocationMailbox{}}
	d.object(func(name []byte) {
		switch string(name) {
		case "redirectusKey":
			payload.RequestKey = d.optionalString()
		case "userId":
			payload.UserID = d.string()
		case "notes":
			payload.Notes = d.optionalString()
		case "preferredRelocationDate":
			payload.PreferredDate = d.time()
		case "contact":
			payload.Contact = d.relocationContact()
		case "source":
			payload.Source = d.relocationSource()
		case "target":
			payload.Target = d.relocationTarget()
		case "domain":
			d.relocationDomains(payload)
		case "email":
			d.relocationMailboxes(payload)
		default:
			d.Skip()
		}
	})
	return payload
}

func (d *decoder) relocationContact() *RelocationContact {
	contact := &RelocationContact{}
	return orNil(contact, d.object(func(name []byte) {
		switch string(name) {
		case "firstname":
			contact.FirstName = d.optionalString()
		case "lastname":
			contact.LastName = d.optionalString()
		case "email":
			contact.Email = d.optionalString()
		case "phone":
			contact.Phone = d.optionalString()
		default:
			d.Skip()
		}
	}))
}

func (d *decoder) relocationSource() *RelocationSource {
	source := &RelocationSource{}
	return orNil(source, d.object(func(name []byte) {
		switch string(name) {
		case "sourceAccount":
			source.Account = d.optionalString()
		case "providerName":
			source.ProviderName = d.optionalString()
		case "providerUrl":
			source.ProviderURL = d.optionalString()
		case "providerUsername":
			source.ProviderUsername = d.optionalString()
		case "providerPassword":
			source.ProviderPassword = d.secret()
		default:
			d.Skip()
		}
	}))
}

func (d *decoder) secret() *Secret {
	if text, ok := d.anyText(); ok {
		return NewSecret(text)
	}
	return nil
}

func (d *decoder) relocationTarget() *RelocationTarget {
	target := &RelocationTarget{Prices: []*RelocationPrice{}}
	return orNil(target, d.object(func(name []byte) {
		switch string(name) {
		case "organisation":
			target.Organisation = d.optionalString()
		case "accountShortId":
			target.AccountShortID = d.optionalString()
		case "product":
			target.Product = d.optionalString()
		case "articleType":
			target.ArticleType = d.optionalString()
		case "application":
			target.Application = d.optionalString()
		case "withDataCompare":
			target.WithDataCompare = d.optionalBool()
		case "prices":
			target.Prices = list(d, d.relocationPrice)
		default:
			d.Skip()
		}
	}))
}

func (d *decoder) relocationPrice() (*RelocationPrice, bool) {
	price := &RelocationPrice{}
	ok := d.object(func(name []byte) {
		switch string(name) {
		case "name":
			price.Name = d.optionalString()
		case "price":
			price.Price = d.float()
		default:
			d.Skip()
		}
	})
	return price, ok
}

func (d *decoder) relocationDomains(payload *Relocation) {
	d.object(func(name []byte) {
		switch string(name) {
		case "allDomains":
			payload.AllDomains = d.optionalBool()
		case "domains":
			payload.Domains = list(d, d.relocationDomain)
		default:
			d.Skip()
		}
	})
}

func (d *decoder) relocationDomain() (*RelocationDomain, bool) {
	domain := &RelocationDomain{}
	ok := d.object(func(name []byte) {
		switch string(name) {
		case "domainName":
			domain.DomainName = d.optionalString()
		case "authCode":
			domain.AuthCode = d.secret()
		default:
			d.Skip()
		}
	})
	return domain, ok
}

func (d *decoder) relocationMailboxes(payload *Relocation) {
	d.object(func(name []byte) {
		if string(name) == "emailInboxes" {
			payload.Mailboxes = list(d, d.relocationMailbox)
		} else {
			d.Skip()
		}
	})
}

func (d *decoder) relocationMailbox() (*RelocationMailbox, bool) {
	mailbox := &RelocationMailbox{}
	ok := d.object(func(name []byte) {
		switch string(name) {
		case "email":
			mailbox.Email = d.optionalString()
		case "password":
			mailbox.Password = d.secret()
		default:
			d.Skip()
		}
	})
	return mailbox, ok
}
