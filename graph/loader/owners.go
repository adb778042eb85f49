package loader

import (
	"context"
	"reflect"

	"mstudio-graphql/rest"
)

// Rollup holds conversations by the objects of one type that they belong to: because they are about such an object or
// shared with it, or about an object that belongs to it, or shared with that.
type Rollup struct {
	// ByOwner holds the conversations by the canonical ID of the object. Callers must not change it.
	ByOwner map[string][]*rest.Conversation
	// IsWhole is false if an owner may be missing, because mStudio may have more objects than it lists.
	IsWhole bool
}

// rollupKey identifies a rollup: its list and the type of the owners.
type rollupKey struct {
	list *FullList
	of   reflect.Type
}

// RollUp returns the conversations of a list by the objects that have the type of owner: projects or customers. It reads the
// lists of objects that the conversations refer to, each at most once per operation.
func (l *Loaders) RollUp(ctx context.Context, list *FullList, owner rest.Reference) (*Rollup, error) {
	return l.rollups.load(ctx, rollupKey{list, reflect.TypeOf(owner)}, l.rollUp)
}

func (l *Loaders) rollUp(ctx context.Context, key rollupKey) (*Rollup, error) {
	c := &climb{to: key.of, sources: l.ownerSources(key.of), owners: map[string]rest.Reference{}, isWhole: true}
	rollup := &Rollup{ByOwner: map[string][]*rest.Conversation{}}
	for _, row := range key.list.Conversations {
		c.start(ctx, row.RelatedTo)
		c.start(ctx, row.SharedWith)
	}
	for _, row := range key.list.Conversations {
		about, err := c.owner(ctx, row.RelatedTo)
		if err != nil {
			return nil, err
		}
		with, err := c.owner(ctx, row.SharedWith)
		if err != nil {
			return nil, err
		}
		rollup.add(referenceID(about), row)
		if referenceID(with) != referenceID(about) {
			rollup.add(referenceID(with), row)
		}
	}
	rollup.IsWhole = c.isWhole
	return rollup, nil
}

func (r *Rollup) add(owner string, row *rest.Conversation) {
	if owner != "" {
		r.ByOwner[owner] = append(r.ByOwner[owner], row)
	}
}

// climb looks for the owners of one type, from owner to owner.
type climb struct {
	to      reflect.Type
	sources map[reflect.Type]ownerSource
	owners  map[string]rest.Reference // by type and ID of the object at the start
	isWhole bool
}

// start starts reading the lists in which the owners of an object will certainly be looked up.
func (c *climb) start(ctx context.Context, object rest.Reference) {
	source, found := c.sources[reflect.TypeOf(object)]
	if !found {
		return
	}
	source.start(ctx)
	if next, found := c.sources[source.leadsTo]; found {
		next.start(ctx)
	}
}

// maxOwners is the number of owners above an object: an extension may belong to an app, its project and that project's
// customer. References that lead in a circle would have no end.
const maxOwners = 4

// owner returns the object of the wanted type that an object belongs to, or the object itself if it has this type, or nil.
func (c *climb) owner(ctx context.Context, object rest.Reference) (owner rest.Reference, err error) {
	if object == nil {
		return nil, nil //nolint:nilnil // no reference
	}
	key := object.Domain() + "/" + object.Aggregate() + "/" + referenceID(object)
	owner, found := c.owners[key]
	if found {
		return owner, nil
	}
	owner = object
	for steps := 0; owner != nil && reflect.TypeOf(owner) != c.to; steps++ {
		source, found := c.sources[reflect.TypeOf(owner)]
		if !found || steps == maxOwners {
			owner = nil
			break
		}
		var isKnown bool
		if owner, isKnown, err = source.owner(ctx, referenceID(owner)); err != nil {
			return nil, err
		}
		c.isWhole = c.isWhole && isKnown
	}
	c.owners[key] = owner
	return owner, nil
}

// ownerSource finds the owners of objects of one type in the list of these objects. Objects that the list lacks are hidden
// from the caller or gone, and have no known owner.
type ownerSource struct {
	start   func(ctx context.Context)
	owner   func(ctx context.Context, id string) (owner rest.Reference, isKnown bool, err error)
	leadsTo reflect.Type // of the owners; nil if they have several types
}

func newOwnerSource[V rest.Entity](list *listLoader[V], leadsTo reflect.Type, ownerOf func(V) rest.Reference) ownerSource {
	return ownerSource{list.Start, func(ctx context.Context, id string) (rest.Reference, bool, error) {
		listing, err := list.Load(ctx)
		if err != nil {
			return nil, false, err
		}
		object, found := listing.byID[id]
		if !found {
			return nil, listing.IsWhole && listing.Unreadable == 0, nil
		}
		if owner := ownerOf(object); owner != nil && !reflect.ValueOf(owner).IsNil() {
			return owner, true, nil
		}
		return nil, true, nil
	}, leadsTo}
}

// ownerSources returns the sources that lead to owners of one type, by the types of their objects.
func (l *Loaders) ownerSources(to reflect.Type) map[reflect.Type]ownerSource {
	project, customer := reflect.TypeFor[*rest.Project](), reflect.TypeFor[*rest.Customer]()
	sources := map[reflect.Type]ownerSource{
		reflect.TypeFor[*rest.AppInstallation](): newOwnerSource(&l.apps, project, func(app *rest.AppInstallation) rest.Reference { return app.Project() }),
		reflect.TypeFor[*rest.Container]():       newOwnerSource(&l.containers, project, func(container *rest.Container) rest.Reference { return container.Project() }),
		reflect.TypeFor[*rest.ExtensionInstance](): newOwnerSource(&l.extensions, nil, func(extension *rest.ExtensionInstance) rest.Reference {
			return extension.InstalledIn
		}),
	}
	if to == customer {
		sources[project] = newOwnerSource(&l.Projects, customer, func(project *rest.Project) rest.Reference { return project.Customer() })
		sources[reflect.TypeFor[*rest.PlacementGroup]()] = newOwnerSource(&l.servers, customer, func(server *rest.PlacementGroup) rest.Reference { return server.Customer() })
	}
	return sources
}
