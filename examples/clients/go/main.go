// Command example prints the newest conversations. genqlient generates its types from inbox.graphql.
package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/Khan/genqlient/graphql"
)

//go:generate go tool genqlient

// authorized adds the caller's mStudio API token to each request.
type authorized struct{ token string }

func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+a.token)
	return http.DefaultTransport.RoundTrip(r)
}

func main() {
	url := cmp.Or(os.Getenv("GATEWAY"), "http://127.0.0.1:8080") + "/graphql"
	token := cmp.Or(os.Getenv("TOKEN"), "sandbox-agency")
	client := graphql.NewClient(url, &http.Client{Transport: authorized{token}})
	inbox, err := Inbox(context.Background(), client, 3)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, conversation := range inbox.Conversations.Nodes {
		fmt.Println(conversation.ShortId, conversation.Status, conversation.Title)
	}
}
