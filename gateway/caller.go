package gateway

import (
	"context"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// client returns the client of a caller.
func (p *parts) client(ctx context.Context, token rest.Token) *rest.Client {
	client := p.config.Client.WithToken(token)
	if p.config.Pictures != nil {
		client = client.WithPictures(p.links.Base(ctx) + "/pictures/")
	}
	return client
}

// loaders returns new loaders for calls with a client.
func (p *parts) loaders(client *rest.Client) *loader.Loaders {
	loaders := loader.New(client, p.public)
	loaders.BulkThreshold, loaders.Claims = p.config.BulkThreshold, p.claims
	return loaders
}
