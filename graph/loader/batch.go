package loader

import (
	"context"
	"strings"

	"mstudio-graphql/rest"
)

// DefaultBulkThreshold is how many objects of one kind are fetched one by one, if nothing else is said. With one more, the
// list of that kind is fetched instead. docs/performance.md has the measurement that it comes from.
const DefaultBulkThreshold = 4

// entities are the loaders of objects that conversations and one another refer to.
type entities struct {
	users              kind[*rest.User]
	customers          kind[*rest.Customer]
	projects           kind[*rest.Project]
	appInstallations   kind[*rest.AppInstallation]
	placementGroups    kind[*rest.PlacementGroup]
	extensionInstances kind[*rest.ExtensionInstance]
	containers         kind[*rest.Container]
}

func newEntities(client *rest.Client) *entities {
	e := &entities{}
	e.users.byID.fetch = client.User
	e.customers.byID.fetch, e.customers.list.fetch = client.Customer, listOf(client.Customers)
	e.projects.byID.fetch, e.projects.list.fetch = client.Project, listOf(client.Projects)
	e.appInstallations.byID.fetch = client.AppInstallation
	e.placementGroups.byID.fetch, e.placementGroups.list.fetch = client.Server, listOf(client.Servers)
	e.extensionInstances.byID.fetch = client.ExtensionInstance
	e.containers.byID.fetch, e.containers.list.fetch = client.Service, listOf(client.Services)
	return e
}

// source is what objects of one kind are fetched from.
type source interface {
	// start starts to fetch one object.
	start(ctx context.Context, id string)
	// get returns one object.
	get(ctx context.Context, id string) (rest.Entity, error)
	// started reports whether the object was started, or fetched.
	started(ctx context.Context, id string) bool
	// hasList reports whether mStudio can list objects of the kind.
	hasList() bool
	// startList starts to fetch the list.
	startList(ctx context.Context)
	// listStarted reports whether the list was started, or fetched.
	listStarted(ctx context.Context) bool
	// listed returns an object of the list; found is false if it is not there.
	listed(ctx context.Context, id string) (object rest.Entity, found bool, err error)
}

// source returns what an object is fetched from, nil for a type that is no entity.
func (l *Loaders) source(object rest.Entity) source {
	l.entitiesOnce.Do(func() { l.entities = newEntities(l.client) })
	switch object.(type) {
	case *rest.User:
		return &l.entities.users
	case *rest.Customer:
		return &l.entities.customers
	case *rest.Project:
		return &l.entities.projects
	case *rest.AppInstallation:
		return &l.entities.appInstallations
	case *rest.PlacementGroup:
		return &l.entities.placementGroups
	case *rest.ExtensionInstance:
		return &l.entities.extensionInstances
	case *rest.Container:
		return &l.entities.containers
	}
	return nil
}

// kind is a source. Ids are canonical.
type kind[V rest.Entity] struct {
	byID each[string, V]
	list each[struct{}, *sentList[V]]
}

// sentList is a list that mStudio has sent.
type sentList[V rest.Entity] struct {
	found      map[string]V // by canonical id
	unreadable int          // how many more rows there are, which are no objects or have no id
	isWhole    bool
}

// listOf makes the objects of a list findable. One without an id cannot be referred to, and is left out.
func listOf[V rest.Entity](fetch func(context.Context) (*rest.EntityList[V], error)) func(context.Context, struct{}) (*sentList[V], error) {
	return func(ctx context.Context, _ struct{}) (*sentList[V], error) {
		list, err := fetch(ctx)
		if err != nil {
			return nil, err
		}
		sent := &sentList[V]{found: make(map[string]V, len(list.Rows)), unreadable: list.Unreadable, isWhole: list.IsWhole()}
		for _, row := range list.Rows {
			if id := row.EntityID(); id != "" {
				sent.found[strings.ToLower(id)] = row
			} else {
				sent.unreadable++
			}
		}
		return sent, nil
	}
}

func (k *kind[V]) start(ctx context.Context, id string) { k.byID.start(ctx, id) }

func (k *kind[V]) get(ctx context.Context, id string) (rest.Entity, error) {
	return k.byID.load(ctx, id)
}

func (k *kind[V]) started(ctx context.Context, id string) bool { return k.byID.has(ctx, id) }

func (k *kind[V]) hasList() bool { return k.list.fetch != nil }

func (k *kind[V]) startList(ctx context.Context) { k.list.start(ctx, struct{}{}) }

func (k *kind[V]) listStarted(ctx context.Context) bool {
	return k.hasList() && k.list.has(ctx, struct{}{})
}

func (k *kind[V]) listed(ctx context.Context, id string) (object rest.Entity, found bool, err error) {
	list, err := k.list.load(ctx, struct{}{})
	if err != nil {
		return nil, false, err
	}
	object, found = list.found[id]
	return object, found, nil
}
