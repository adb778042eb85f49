package sandbox

import "net/http"

// user is somebody who takes part in conversations, as conversations show them. All but the id may be missing.
type user struct {
	ID         string `json:"userId"`
	Name       string `json:"clearName,omitempty"`
	Active     *bool  `json:"active,omitempty"`
	IsEmployee *bool  `json:"isEmployee,omitempty"`
	AvatarID   string `json:"avatarRefId,omitempty"`
}

// member is a user who takes part in one conversation. Unlike elsewhere, a member always says whether it is active.
type member struct {
	ID         string `json:"userId"`
	Name       string `json:"clearName,omitempty"`
	Active     bool   `json:"active"`
	IsEmployee *bool  `json:"isEmployee,omitempty"`
	AvatarID   string `json:"avatarRefId,omitempty"`

	future patch
}

// memberOf shows a user as a member; who is not known to be inactive is active.
func memberOf(u *user) *member {
	return &member{
		ID:         u.ID,
		Name:       u.Name,
		Active:     u.Active == nil || *u.Active,
		IsEmployee: u.IsEmployee,
		AvatarID:   u.AvatarID,
	}
}

// profile is what users see of themselves.
type profile struct {
	ID                  string                        `json:"userId"`
	Person              person                        `json:"person"`
	Email               string                        `json:"email,omitempty"`
	PhoneNumber         string                        `json:"phoneNumber,omitempty"`
	AvatarID            string                        `json:"avatarRef,omitempty"`
	IsEmployee          bool                          `json:"isEmployee"`
	RegisteredAt        timestamp                     `json:"registeredAt,omitzero"`
	MFA                 mfa                           `json:"mfa"`
	CustomerMemberships map[string]customerMembership `json:"customerMemberships"`
}

type person struct {
	Title     string `json:"title,omitempty"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
}

type mfa struct {
	Active bool `json:"active"`
	Setup  bool `json:"setup"`
}

type customerMembership struct {
	ID          string    `json:"id"`
	Role        string    `json:"role"`
	MemberSince timestamp `json:"memberSince"`
}

// getUser shows callers themselves and their colleagues: the profiles of others are forbidden, whoever asks.
func (s *Sandbox) getUser(c *caller, r *http.Request) (answer, error) {
	id := r.PathValue("userId")
	if canonical, ok := canonicalID(id); ok {
		id = canonical
	}
	if id == "self" || id == c.profile.ID {
		return answer{body: c.profile}, nil
	}
	if colleague, ok := c.colleagues[id]; ok {
		return answer{body: colleague}, nil
	}
	if s.store.users[id] != nil {
		return answer{}, errForbidden
	}
	return answer{}, errNotFound
}
