package sandbox

import "net/http"

// user is a conversation participant in conversations and messages. Every field but the ID is optional.
type user struct {
	ID         string `json:"userId"`
	Name       string `json:"clearName,omitempty"`
	Active     *bool  `json:"active,omitempty"`
	IsEmployee *bool  `json:"isEmployee,omitempty"`
	AvatarID   string `json:"avatarRefId,omitempty"`
}

// member is a participant in the list of members, where active is required.
type member struct {
	user

	Active bool  `json:"active"`
	Future patch `json:"future,omitempty"`
}

// memberOf converts a user. A user without the active field is active.
func memberOf(u *user) *member {
	return &member{user: *u, Active: u.Active == nil || *u.Active}
}

// users holds all participants by user ID.
type users map[string]*user

func newUsers(list []*user) users {
	byID := make(users, len(list))
	for _, u := range list {
		byID[u.ID] = u
	}
	return byID
}

func (us users) routes(rt *router) {
	rt.private("GET /v2/users/{userId}", us.get)
}

// get returns the profile of the caller or of a colleague. Every other profile is forbidden.
func (us users) get(c *caller, r *http.Request) (response, error) {
	id := r.PathValue("userId")
	if canonical, ok := canonicalID(id); ok {
		id = canonical
	}
	if id == "self" || id == c.Profile.ID {
		return response{body: c.Profile}, nil
	}
	if colleague, ok := c.Colleagues[id]; ok {
		return response{body: colleague}, nil
	}
	if us[id] != nil {
		return response{}, errForbidden
	}
	return response{}, errNotFound
}

// withAvatar returns the ID of the user with an avatar, or "".
func (us users) withAvatar(fileID string) string {
	for _, u := range us {
		if fileID != "" && u.AvatarID == fileID {
			return u.ID
		}
	}
	return ""
}
