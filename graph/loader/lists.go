package loader

import (
	"context"
	"maps"
	"slices"
	"strings"

	"mstudio-graphql/rest"
)

// Listing is a list in one piece, as far as mStudio sends it: the first [rest.EntityLimit] rows.
type Listing[V rest.Entity] struct {
	// Rows are the objects, each once, in no order. They may be sorted.
	Rows []V
	// Unreadable is how many more rows there are, which are no objects or have no id.
	Unreadable int
	// IsWhole says that the list has no more rows than were sent.
	IsWhole bool
}

// StartCustomers starts to fetch the list of customers, for which [Loaders.Customers] then waits.
func (l *Loaders) StartCustomers(ctx context.Context) { l.source(&rest.Customer{}).startList(ctx) }

// Customers returns the customers that the caller belongs to. It is the list from which many customers are fetched at
// once.
func (l *Loaders) Customers(ctx context.Context) (*Listing[*rest.Customer], error) {
	l.StartCustomers(ctx)
	return l.entities.customers.all(ctx)
}

// StartProjects starts to fetch the list of projects, for which [Loaders.Projects] then waits.
func (l *Loaders) StartProjects(ctx context.Context) { l.source(&rest.Project{}).startList(ctx) }

// Projects returns the projects that the caller may see. It is the list from which many projects are fetched at once.
func (l *Loaders) Projects(ctx context.Context) (*Listing[*rest.Project], error) {
	l.StartProjects(ctx)
	return l.entities.projects.all(ctx)
}

// ProjectsOf returns those of the projects that belong to a customer. An unreadable row may be one of them.
func (l *Loaders) ProjectsOf(ctx context.Context, customerID string) (*Listing[*rest.Project], error) {
	list, err := l.Projects(ctx)
	if err != nil {
		return nil, err
	}
	list.Rows = slices.DeleteFunc(list.Rows, func(project *rest.Project) bool {
		return !strings.EqualFold(project.CustomerID, customerID)
	})
	return list, nil
}

func (k *kind[V]) all(ctx context.Context) (*Listing[V], error) {
	sent, err := k.list.load(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	return &Listing[V]{Rows: slices.Collect(maps.Values(sent.found)), Unreadable: sent.unreadable, IsWhole: sent.isWhole}, nil
}
