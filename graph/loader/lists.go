package loader

import (
	"context"
	"strings"

	"mstudio-graphql/rest"
)

// StartCustomers starts to fetch the list of customers, for which [Loaders.Customers] then waits.
func (l *Loaders) StartCustomers(ctx context.Context) { l.source(&rest.Customer{}).startList(ctx) }

// Customers returns the customers that the caller belongs to, the first [rest.EntityLimit] of them, in no order. It is the
// list from which many customers are fetched at once.
func (l *Loaders) Customers(ctx context.Context) ([]*rest.Customer, error) {
	l.StartCustomers(ctx)
	return l.entities.customers.all(ctx)
}

// StartProjects starts to fetch the list of projects, for which [Loaders.Projects] then waits.
func (l *Loaders) StartProjects(ctx context.Context) { l.source(&rest.Project{}).startList(ctx) }

// Projects returns the projects that the caller may see, the first [rest.EntityLimit] of them, in no order. It is the list
// from which many projects are fetched at once.
func (l *Loaders) Projects(ctx context.Context) ([]*rest.Project, error) {
	l.StartProjects(ctx)
	return l.entities.projects.all(ctx)
}

// ProjectsOf returns those of the projects that belong to a customer.
func (l *Loaders) ProjectsOf(ctx context.Context, customerID string) ([]*rest.Project, error) {
	all, err := l.Projects(ctx)
	var own []*rest.Project
	for _, project := range all {
		if strings.EqualFold(project.CustomerID, customerID) {
			own = append(own, project)
		}
	}
	return own, err
}

// all returns the rows of the list. One without an id cannot be referred to, and is left out.
func (k *kind[V]) all(ctx context.Context) ([]V, error) {
	listed, err := k.list.load(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	rows := make([]V, 0, len(listed))
	for id, row := range listed {
		if id != "" {
			rows = append(rows, row)
		}
	}
	return rows, nil
}
