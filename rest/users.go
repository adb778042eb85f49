package rest

import (
	"context"
	"net/url"
	"strings"
)

// Department is the department of an employee of mittwald, as mStudio spells it.
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

// User is a participant of conversations: a customer's user or an employee of mittwald.
type User struct {
	Ref
	// Name is the full name; nil if mStudio omits it.
	Name *string
	// IsEmployee reports whether the user works for mittwald; nil if mStudio omits it, as it did before June 2026.
	IsEmployee *bool
	// Active is nil if mStudio omits it. Members always have it.
	Active *bool
	// AvatarURL is the address of the picture, which needs no token; nil if there is no picture.
	AvatarURL *string
	// Department is "" if mStudio omits it, as it has done since June 2026.
	Department Department
}

const selfRoute route = "/users/self"

// Self fetches the token's owner, without Active and Department.
func (c *Client) Self(ctx context.Context) (*User, error) {
	user, _, err := get(ctx, c, selfRoute, nil, nil, whole((*decoder).selfField))
	return user, err
}

const userRoute route = "/users/{userId}"

// User fetches a user's profile, without Active and Department. mStudio returns Forbidden or NotFound to most callers
// if the profile is not their own.
func (c *Client) User(ctx context.Context, id string) (*User, error) {
	return getEntity(ctx, c, userRoute, id, (*decoder).selfField)
}

// Bare returns a user with only the ID.
func (u *User) Bare() Entity { return &User{Ref: u.bare()} }

// user reads a participant, or returns nil if the value is not an object.
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

// avatarURL reads a file's ID and returns its address; nil without an ID.
func (d *decoder) avatarURL() *string {
	id := d.string()
	if id == "" || id == "." || id == ".." {
		return nil
	}
	address := d.fileURL + url.PathEscape(id)
	return &address
}

// selfField reads a member of a user profile, in which the fields have other names than in a participant.
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

// personName joins first and last name; nil if both are absent.
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
