package rest

import (
	"context"
	"strings"

	"mstudio-graphql/internal/jsonscan"
)

// Department is the department of an employee of mittwald, as mStudio spells it.
type Department string

// The known departments: all that mStudio has ever documented.
const (
	DepartmentDevelopment       Department = "development"
	DepartmentMail              Department = "mail"
	DepartmentAccounting        Department = "accounting"
	DepartmentCloudHosting      Department = "cloudHosting"
	DepartmentCustomerService   Department = "customerService"
	DepartmentProductManagement Department = "productManagement"
	DepartmentGeneric           Department = "generic"

	// These were documented until August 2024.
	DepartmentInfra      Department = "infra"
	DepartmentMarketing  Department = "marketing"
	DepartmentNetwork    Department = "network"
	DepartmentDataCenter Department = "dataCenter"
	DepartmentSoftware   Department = "software"
	DepartmentSecurity   Department = "security"
)

// User is a participant of conversations: a customer's user or an employee of mittwald.
type User struct {
	Ref
	// Name is the full name; nil if mStudio omits it.
	Name *string
	// IsEmployee reports whether the user works for mittwald; nil if mStudio omits it, as it did before June 2026.
	IsEmployee *bool
	// Active is nil if mStudio omits it, as it does except for members of a conversation.
	Active *bool
	// AvatarURL is the address of the picture, which needs no token; nil if there is no picture.
	AvatarURL *string
	// Department is "" if mStudio omits it, as it has done since June 2026.
	Department Department
}

// IsStaff reports whether mStudio marks the user as an employee. It does not always send the mark.
func (u *User) IsStaff() bool { return u.IsEmployee != nil && *u.IsEmployee }

const selfRoute route = "/users/self"

// Self fetches the token's owner, without Department.
func (c *Client) Self(ctx context.Context) (*User, error) {
	user, _, err := get(ctx, c, selfRoute, nil, nil, func(d *decoder) *User {
		start := d.start()
		user := required(d, readProfile(d))
		if user != nil {
			user.ID, user.HasDerivedID = d.idOr(user.ID, start)
		}
		return user
	})
	return user, err
}

const userRoute route = "/users/{userId}"

// User fetches a user's profile, without Department. mStudio returns Forbidden or NotFound to most callers
// if the profile is not their own.
func (c *Client) User(ctx context.Context, id string) (*User, error) {
	return getEntity(ctx, c, userRoute, id, readProfile)
}

// Bare returns a user with only the ID.
func (u *User) Bare(access Access) Entity { return &User{Ref: u.bare(access)} }

// user reads a participant, or returns nil if the value is not an object.
func (d *decoder) user() *User {
	return dedup(d, func() *User {
		start := d.start()
		user := &User{Ref: Ref{Complete: true, access: AccessVisible}}
		if !d.object("User", func(name []byte) { d.userField(user, name) }) {
			return nil
		}
		if user.ID, user.HasDerivedID = d.idOr(user.ID, start); user.HasDerivedID {
			d.note(DriftID, "User.id")
		}
		return user
	})
}

// anyUser reads a participant that may be only an ID. A value of another kind is a user of whom nothing is known.
func (d *decoder) anyUser() *User {
	start := d.start()
	if d.Next() == jsonscan.Object {
		return d.user()
	}
	d.note(DriftRow, "ConversationMember")
	user := &User{Ref: Ref{Complete: true, access: AccessUnknown}}
	user.ID, user.HasDerivedID = d.idOr(d.id(), start)
	return user
}

func (d *decoder) userField(user *User, name []byte) {
	switch string(name) {
	case "userId":
		user.ID = d.id()
	case "clearName":
		user.Name = optional(d.anyText())
	case "isEmployee":
		user.IsEmployee = optional(d.bool())
	case "active":
		user.Active = optional(d.bool())
	case "avatarRefId":
		user.AvatarURL = d.fileAddress()
	case "department":
		user.Department = enum[Department](d, "User.department")
	default:
		d.Skip()
	}
}

// profile is a user as mStudio returns it by ID.
type profile struct {
	ID         string  `api:"userId,required"`
	Person     person  `api:"person,required"`
	IsEmployee *bool   `api:"isEmployee"`
	AvatarURL  *string `api:"avatarRef,file"`
}

type person struct {
	FirstName string `api:"firstName,required"`
	LastName  string `api:"lastName,required"`
}

func (profile) schemaType() string { return "User" }

func (person) schemaType() string { return "User" }

// readProfile reads a profile as a user, or returns nil if the value is not an object.
func readProfile(d *decoder) *User {
	read := object[profile](d)
	if read == nil {
		return nil
	}
	user := &User{Ref: Ref{ID: read.ID, Complete: true, access: AccessVisible}, IsEmployee: read.IsEmployee, AvatarURL: read.AvatarURL}
	if name := strings.TrimSpace(read.Person.FirstName + " " + read.Person.LastName); name != "" {
		user.Name = &name
	}
	return user
}
