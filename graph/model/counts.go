package model

import (
	"context"

	"mstudio-graphql/rest"
)

// ConversationCounts holds numbers of conversations.
type ConversationCounts struct {
	TotalCount int
	Statuses   []*ConversationStatusCount
	Sides      []*ConversationSideCount
	Categories []*ConversationCategoryCount
	// CountCustomers counts by customer, which needs further calls.
	CountCustomers func(context.Context) ([]*ConversationCustomerCount, error)
}

// ConversationStatusCount is the number of conversations with one status.
type ConversationStatusCount struct {
	Status rest.ConversationStatus
	Count  int
}

// RawStatus returns the status as mStudio spells it.
func (c *ConversationStatusCount) RawStatus() string { return string(c.Status) }

// ConversationSideCount is the number of conversations that wait for one side.
type ConversationSideCount struct {
	WaitingFor rest.WaitingFor
	Count      int
}

// ConversationCategoryCount is the number of conversations with one category, or without one.
type ConversationCategoryCount struct {
	Category *rest.ConversationCategory
	Count    int
}

// ConversationCustomerCount is the number of conversations of one customer, or of none.
type ConversationCustomerCount struct {
	Customer *rest.Customer
	Count    int
}
