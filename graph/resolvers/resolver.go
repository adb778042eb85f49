// Package resolvers answers the fields of the schema that need a call: arguments → one call of a loader → result.
// There is one file per section of the schema.
package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/rest"
)

// Root is what the generated code asks for resolvers.
type Root struct {
	// OnReveal is called before a secret is given to the caller, for the record. If it is nil, none ever is.
	OnReveal func(ctx context.Context)
	// Files makes links to files.
	Files FileLinks
	// SubgraphSDL is what a router is told to compose with others.
	SubgraphSDL string
}

var _ generated.ResolverRoot = Root{}

type (
	query         struct{ Root }
	mutation      struct{}
	conversation  struct{}
	customer      struct{}
	project       struct{}
	preferredUser struct{}
	secret        struct{ Root }
	uploadedFile  struct{ Root }
)

// Query returns the resolvers of Query.
func (r Root) Query() generated.QueryResolver { return query{r} }

// Mutation returns the resolvers of Mutation.
func (Root) Mutation() generated.MutationResolver { return mutation{} }

// Conversation returns the resolvers of Conversation.
func (Root) Conversation() generated.ConversationResolver { return conversation{} }

// Customer returns the resolvers of Customer.
func (Root) Customer() generated.CustomerResolver { return customer{} }

// Project returns the resolvers of Project.
func (Root) Project() generated.ProjectResolver { return project{} }

// PreferredUser returns the resolvers of PreferredUser.
func (Root) PreferredUser() generated.PreferredUserResolver { return preferredUser{} }

// Secret returns the resolvers of Secret.
func (r Root) Secret() generated.SecretResolver { return secret{r} }

// UploadedFile returns the resolvers of UploadedFile.
func (r Root) UploadedFile() generated.UploadedFileResolver { return uploadedFile{r} }

// orNull makes a null of what mStudio does not have. It is for lookups by an id that the client chose; an object
// that should be there and is not stays an error.
func orNull[T any](value T, err error) (T, error) {
	var null T
	if rest.IsNotFound(err) {
		return null, nil
	}
	return value, err
}
