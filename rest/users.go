package rest

import (
	"context"
	"net/url"
	"strings"
)

// Department is the part of mittwald that an employee works for, as the API spells it.
type Department string

// The known departments.
const (
	DepartmentDevelopment       Department = "development"
	DepartmentMail              Department = "mail"
	DepartmentAccounting        Department = "accounting"
	DepartmentCloudHosting      Department = "cloudHosting"
	DepartmentCustomerService   Department = "customerService"
	DepartmentProductManagement Department = "productManagement"
	DepartmentGeneric           Department = "generic"
)

// User is somebody who takes part in conversations: a customer's user or an employee of mittwald.
type User struct {
	Ref
	// Name is the full name; nil if the API does not say it.
	Name *string
	// IsEmployee says whether the user works for mittwald; nil before June 2026.
	IsEmployee *bool
	// Active is nil if the API does not say it; members always have it.
	Active *bool
	// AvatarURL is where the picture can be fetched without a token; nil if there is none.
	AvatarURL *string
	// Department is "" if the API does not say it, which it has not done since June 2026.
	Department Department
}

const selfRoute route = "/users/self"

// Self fetches the owner of the token, without Active and Department.
func (c *Client) Self(ctx context.Context) (*User, error) {
	user, _, err := get(ctx, c, selfRoute, nil, nil, whole((*decoder).selfField))
	return user, err
}

const userRoute route = "/users/{userId}"

// User fetches a user's profile, without Active and Department. The API shows few callers the profiles of other users
// and otherwise responds with Forbidden or NotFound.
func (c *Client) User(ctx context.Context, id string) (*User, error) {
	return getEntity(ctx, c, userRoute, id, (*decoder).selfField)
}

// Bare returns a user with nothing but the id.
func (u *User) Bare() Entity { return &User{Ref: u.bare()} }

// user reads a participant; nil if there is none.
func (d *decoder) user() *User {
	return dedup(d, d.newUser)
}

func (d *decoder) newUser() *User {
	return readEntity(d, (*decoder).userField)
}

func (d *decoder) userField(user *User, name []byte) {
	switch string(name) {
	case "userId":
		user.ID = d.string()
	case "clearName":
		user.Name = d.optionalString()
	case "isEmployee":
		user.IsEmployee = d.optionalBool()
	case "active":
		user.Active = d.optionalBool()
	case "avatarRefId":
		user.AvatarURL = d.avatarURL()
	case "department":
		user.Department = enum[Department](d, "User.department")
	default:
		d.Skip()
	}
}

// avatarURL makes the address of a file from its id; nil if there is none.
func (d *decoder) avatarURL() *string {
	id := d.string()
	if id == "" || id == "." || id == ".." {
		return nil
	}
	address := d.fileURL + url.PathEscape(id)
	return &address
}

// selfField reads a member of a user profile, which spells the same facts in another way.
func (d *decoder) selfField(user *User, name []byte) {
	switch string(name) {
	case "userId":
		user.ID = d.string()
	case "person":
		user.Name = d.personName()
	case "isEmployee":
		user.IsEmployee = d.optionalBool()
	case "avatarRef":
		user.AvatarURL = d.avatarURL()
	default:
		d.Skip()
	}
}

// personName joins first and last name; nil if there is neither.
func (d *decoder) personName() *string {
	var first, last string
	d.object(func(name []byte) {
		switch string(name) {
		case "firstName":
			first = d.string()
		case "lastName":
			last = d.string()
		default:
			d.Skip()
		}
	})
	full := strings.TrimSpace(first + " " + last)
	if full == "" {
		return nil
	}
	return &full
}
