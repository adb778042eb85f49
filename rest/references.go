package rest

import (
	"strings"
)

// RelatedTo is the subject of a conversation: an object of one of seven types, or an [UnknownReference].
type RelatedTo interface {
	Reference
	IsRelatedTo()
}

// SharedWith is the user or group with whom a conversation is shared: an object of one of four types, or an
// [UnknownReference].
type SharedWith interface {
	Reference
	IsSharedWith()
}

// reference holds domain, aggregate and ID as mStudio sent them.
type reference struct{ domain, aggregate, id string }

// UnknownReference points to an object of an unknown type. Its domain and aggregate are as mStudio sent them.
type UnknownReference struct {
	ID  string
	ref reference
}

// AggregateReference points to a further object of any type that is linked to a conversation.
type AggregateReference struct {
	ID  string
	ref reference
}

// Domain returns "user".
func (User) Domain() string { return "user" }

// Aggregate returns "user".
func (User) Aggregate() string { return "user" }

// Domain returns "customer".
func (Customer) Domain() string { return "customer" }

// Aggregate returns "customer".
func (Customer) Aggregate() string { return "customer" }

// Domain returns "project".
func (Project) Domain() string { return "project" }

// Aggregate returns "project".
func (Project) Aggregate() string { return "project" }

// Domain returns "app".
func (AppInstallation) Domain() string { return "app" }

// Aggregate returns "appinstallation".
func (AppInstallation) Aggregate() string { return "appinstallation" }

// Domain returns "project": placement groups belong to the same domain as projects.
func (PlacementGroup) Domain() string { return "project" }

// Aggregate returns "placementgroup".
func (PlacementGroup) Aggregate() string { return "placementgroup" }

// Domain returns "extension".
func (ExtensionInstance) Domain() string { return "extension" }

// Aggregate returns "extensionInstance".
func (ExtensionInstance) Aggregate() string { return "extensionInstance" }

// Domain returns "container".
func (Container) Domain() string { return "container" }

// Aggregate returns "container".
func (Container) Aggregate() string { return "container" }

// Domain returns the domain as mStudio sent it.
func (r UnknownReference) Domain() string { return r.ref.domain }

// Aggregate returns the aggregate as mStudio sent it.
func (r UnknownReference) Aggregate() string { return r.ref.aggregate }

// Access returns AccessUnknown, because the object cannot be fetched.
func (UnknownReference) Access() Access { return AccessUnknown }

// Domain returns the domain as mStudio sent it.
func (r AggregateReference) Domain() string { return r.ref.domain }

// Aggregate returns the aggregate as mStudio sent it.
func (r AggregateReference) Aggregate() string { return r.ref.aggregate }

// Access returns AccessUnknown, because the object cannot be fetched.
func (AggregateReference) Access() Access { return AccessUnknown }

// reference reads a reference. ok is false if the value is not an object.
func (d *decoder) reference() (ref reference, ok bool) {
	ok = d.object(func(name []byte) {
		switch string(name) {
		case "domain":
			ref.domain = d.string()
		case "aggregate":
			ref.aggregate = d.string()
		case "id":
			ref.id = d.string()
		default:
			d.Skip()
		}
	})
	return ref, ok
}

// relatedTo reads a reference to any type, or returns nil if the value is not an object.
func (d *decoder) relatedTo() RelatedTo {
	ref, ok := d.reference()
	if !ok {
		return nil
	}
	return d.resolve("Conversation.relatedTo", ref)
}

// sharedWith reads a reference, or returns nil if the value is not an object. Types other than the four are unknown: until
// November 2024, conversations could be shared with app installations as well.
func (d *decoder) sharedWith() SharedWith {
	ref, ok := d.reference()
	if !ok {
		return nil
	}
	if known, ok := d.resolve("Conversation.sharedWith", ref).(SharedWith); ok {
		return known
	}
	d.report("Conversation.sharedWith", ref.typeName())
	return &UnknownReference{ID: ref.id, ref: ref}
}

// typeName returns the type in mStudio's words.
func (r reference) typeName() string { return r.domain + "/" + r.aggregate }

// resolve returns the object for a reference at a place. It ignores case, because mStudio itself is inconsistent:
// appinstallation, but extensionInstance.
func (d *decoder) resolve(place string, r reference) RelatedTo {
	switch strings.ToLower(r.typeName()) {
	case "user/user":
		return &User{Ref: Ref{ID: r.id}}
	case "customer/customer":
		return &Customer{Ref: Ref{ID: r.id}}
	case "project/project":
		return &Project{Ref: Ref{ID: r.id}}
	case "app/appinstallation":
		return &AppInstallation{Ref: Ref{ID: r.id}}
	case "project/placementgroup":
		return &PlacementGroup{Ref: Ref{ID: r.id}}
	case "extension/extensioninstance":
		return &ExtensionInstance{Ref: Ref{ID: r.id}}
	case "container/container":
		return &Container{Ref: Ref{ID: r.id}}
	default:
		d.report(place, r.typeName())
		return &UnknownReference{ID: r.id, ref: r}
	}
}

// relations reads the further references of a conversation.
func (d *decoder) relations() []*AggregateReference {
	return list(d, func() (*AggregateReference, bool) {
		ref, ok := d.reference()
		return &AggregateReference{ID: ref.id, ref: ref}, ok
	})
}
