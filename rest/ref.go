package rest

// Reference points to an object of another domain, such as the subject of a conversation. Domain and aggregate are
// mStudio's names for its type.
type Reference interface {
	IsReference()
	// Domain returns mStudio's name of the domain, such as "app".
	Domain() string
	// Aggregate returns mStudio's name of the type within its domain, such as "appinstallation".
	Aggregate() string
}

// Entity is an object of another domain that can be fetched by its ID. It is either a reference, which has only the ID, or
// complete.
type Entity interface {
	Reference
	Node
	// EntityID returns the ID as mStudio sent it.
	EntityID() string
	// IsComplete reports whether there is nothing more to fetch.
	IsComplete() bool
	// Access returns the caller's access. It is "" for a reference, and if a read failed for another reason.
	Access() Access
	// Bare returns a complete copy that has only the ID. It represents an object that mStudio does not return.
	Bare(access Access) Entity
}

// Access states whether an object is visible to the caller.
type Access string

// The known states.
const (
	AccessVisible   Access = "visible"
	AccessForbidden Access = "forbidden"
	AccessGone      Access = "gone"
)

// AccessUnknown means that mStudio does not tell whether an object is hidden or gone. It is apart from the known states,
// which the enum generator reads.
const AccessUnknown = Access("unknown")

// AccessOf returns the access that the error of a read proves. It returns the error if that proves nothing.
func AccessOf(err error) (Access, error) {
	switch {
	case err == nil:
		return AccessVisible, nil
	case hasCode(err, Forbidden):
		return AccessForbidden, nil
	case hasCode(err, NotFound):
		return AccessGone, nil
	}
	return "", err
}

// Node is a GraphQL Node: an object that can be fetched by its ID alone.
type Node interface{ IsNode() }

// Ref is the part of an entity that references have as well.
type Ref struct {
	// ID is the ID as mStudio sent it, or a derived one.
	ID string
	// HasDerivedID reports whether mStudio sent no ID. Nothing can be fetched or compared by a derived one.
	HasDerivedID bool
	// Complete reports whether the object has all its fields. It is false in a reference.
	Complete bool

	access Access
}

// EntityID returns the ID as mStudio sent it.
func (r *Ref) EntityID() string { return r.ID }

// IsComplete reports whether there is nothing more to fetch.
func (r *Ref) IsComplete() bool { return r.Complete }

// Access returns the caller's access. It is "" for a reference, and if a read failed for another reason.
func (r *Ref) Access() Access { return r.access }

func (r *Ref) ref() *Ref { return r }

// bare returns the Ref of an object of which only the ID is known.
func (r *Ref) bare(access Access) Ref {
	return Ref{ID: r.ID, HasDerivedID: r.HasDerivedID, Complete: true, access: access}
}

// unidentified returns the Ref of an object with a derived ID, of which nothing else is known.
func unidentified(id string) Ref {
	return Ref{ID: id, HasDerivedID: true, Complete: true, access: AccessUnknown}
}

// hasRef is a pointer to a struct that embeds [Ref].
type hasRef[T any] interface {
	*T
	ref() *Ref
}

// byID returns a reference, or nil without an ID.
func byID[T any, P hasRef[T]](id string) *T {
	if id == "" {
		return nil
	}
	reference := new(T)
	P(reference).ref().ID = id
	return reference
}
