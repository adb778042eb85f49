package main

// user is a conversation participant. Every field but the ID is optional.
type user struct {
	ID         string `json:"userId"`
	Name       string `json:"clearName,omitempty"`
	Active     *bool  `json:"active,omitempty"`
	IsEmployee *bool  `json:"isEmployee,omitempty"`
	AvatarID   string `json:"avatarRefId,omitempty"`
}

// member is a participant in the list of members, where active is required.
type member struct {
	ID         string `json:"userId"`
	Name       string `json:"clearName,omitempty"`
	Active     bool   `json:"active"`
	IsEmployee *bool  `json:"isEmployee,omitempty"`
	AvatarID   string `json:"avatarRefId,omitempty"`

	Future patch `json:"future,omitempty"`
}

// memberOf converts a user. A user without the active field is active.
func memberOf(u *user) *member {
	return &member{
		ID:         u.ID,
		Name:       u.Name,
		Active:     u.Active == nil || *u.Active,
		IsEmployee: u.IsEmployee,
		AvatarID:   u.AvatarID,
	}
}

// caller is the user behind a demo token.
type caller struct {
	Token      string             `json:"token"`
	CustomerID string             `json:"customerId"`
	Profile    profile            `json:"profile"`
	Colleagues map[string]profile `json:"colleagues"` // by user ID
}

// profile is the wire form of a user's own account.
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

// preferences name the users to whom a customer's conversations are assigned.
type preferences struct {
	CustomerID     string         `json:"customerId"`
	PreferredUsers preferredUsers `json:"preferredUsers"`
}

// preferredUsers maps category IDs to user IDs. Fallback is the user for every other category.
type preferredUsers struct {
	ByCategory map[string]string `json:"categoryUserPairs,omitempty"`
	Fallback   string            `json:"fallback,omitempty"`
}
