package rest

import (
	"context"
	"net/http"
	"strings"
)

const (
	// shortIDLetters are the characters of short IDs, whose format mStudio does not document. No text of these reaches another
	// endpoint.
	shortIDLetters = "0123456789abcdefghijklmnopqrstuvwxyz-"
	// maxShortID is below the length of a UUID.
	maxShortID = 32
)

// ParseShortID returns a short ID in lower case, or an [*Error] with [BadInput] for a text that cannot be one.
func ParseShortID(text string) (string, error) {
	text = strings.ToLower(text)
	if text == "" || len(text) > maxShortID || strings.Trim(text, shortIDLetters) != "" {
		return "", &Error{Code: BadInput}
	}
	return text, nil
}

// ConversationByShortID fetches one conversation by its short ID. mStudio's command-line client passes short IDs in the path,
// but mStudio documents only UUIDs there, so an error may mean that it accepts no short IDs. A response with another
// conversation is NotFound.
func (c *Client) ConversationByShortID(ctx context.Context, shortID string) (*Conversation, error) {
	target, err := c.newCall(http.MethodGet, conversationsRoute, nil)
	if err != nil {
		return nil, err
	}
	if shortID, err = ParseShortID(shortID); err != nil {
		return nil, target.fail(BadInput, err)
	}
	target.route, target.path = string(conversationRoute), target.path+"/"+shortID
	found, _, err := fetch(ctx, c, target, func(d *decoder) *Conversation { return required(d, d.conversation()) })
	if err == nil && (found.ID == "" || !strings.EqualFold(found.ShortID, shortID)) {
		return nil, target.fail(NotFound, nil)
	}
	return found, err
}
