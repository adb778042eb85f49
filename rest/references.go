package rest

import (
	"strings"

	"mstudio-graphql/internal/jsonscan"
)

// RelatedTo is the subject of a conversation: an object of one of seven types, or an [UnknownReference].
type RelatedTo interface {
	SharedWith
	IsRelatedTo()
}

// SharedWith is the user or group with whom a conversation is shared. It has the types of [RelatedTo], so that an ID has one
// type at all places: until November 2024, conversations could be shared with app installations as well.
type SharedWith interface {
	Reference
	IsSharedWith()
}

// reference holds domain, aggregate and ID as mStudio sent them.
type reference struct{ domain, aggregate, id string }

// UnknownReference points to an object of an unknown type, or to none. Its domain and aggregate are as mStudio sent them.
type UnknownReference struct {
	// ID is derived from the whole reference if mStudio omits it, because clients cache objects by their IDs.
	ID  string
	ref reference
}

// Domain returns the domain as mStudio sent it.
func (r UnknownReference) Domain() string { return r.ref.domain }

// Aggregate returns the aggregate as mStudio sent it.
func (r UnknownReference) Aggregate() string { return r.ref.aggregate }

// Access returns AccessUnknown, because the object cannot be fetched.
func (UnknownReference) Access() Access { return AccessUnknown }

// reference reads a reference. ok is false if the value is not an object.
func (d *decoder) reference() (ref reference, ok bool) {
	start := d.start()
	ok = d.object("Reference", func(name []byte) {
		switch string(name) {
		case "domain":
			ref.domain = d.string()
		case "aggregate":
			ref.aggregate = d.string()
		case "id":
			ref.id = d.id()
		default:
			d.Skip()
		}
	})
	if ok && (ref.domain == "" || ref.aggregate == "" || ref.id == "") {
		d.missing("Reference", start, "domain", "aggregate", "id")
	}
	return ref, ok
}

// referenceAt reads a reference, or returns nil if the value is not an object. It reports an unknown type unless place is "".
// Equal references share one value, because the rows of a list are about a few projects.
func (d *decoder) referenceAt(place string) RelatedTo {
	cache := perType[dedupCache[RelatedTo]](d)
	if known, ok := cache.skip(d); ok {
		return known
	}
	start := d.start()
	ref, ok := d.reference()
	if !ok {
		return nil
	}
	known := ref.resolve()
	if known != nil && ref.id != "" {
		cache.put(d.Data[start:d.At], known) // others are reported at each place
		return known
	}
	if known == nil && place != "" {
		d.noteValue(DriftTag, place, ref.domain+"/"+ref.aggregate)
	}
	id, isDerived := d.idOr(ref.id, start)
	if isDerived {
		d.note(DriftID, "Reference.id")
	}
	return &UnknownReference{ID: id, ref: ref}
}

// resolve returns the object for a reference, or nil if the type is unknown. It ignores case, because mStudio itself is
// inconsistent: appinstallation, but extensionInstance.
func (r reference) resolve() RelatedTo {
	switch strings.ToLower(r.domain + "/" + r.aggregate) {
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
	}
	return nil
}

// relations reads the further references of a conversation, which are of any type.
func (d *decoder) relations() []Reference {
	return list(d, func() Reference {
		start := d.start()
		if d.Next() == jsonscan.Object {
			return d.referenceAt("")
		}
		id, _ := d.idOr(d.id(), start)
		d.odd = DriftElement // also an ID, which does not tell the type
		return &UnknownReference{ID: id}
	})
}
