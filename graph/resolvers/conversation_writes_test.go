package resolvers

import (
	"slices"
	"testing"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/rest"
)

// Each value of an input enum has a constant of package rest.
func TestInputEnums(t *testing.T) {
	t.Parallel()
	wantKnown(t, notificationRoles(generated.AllNotificationRoleInput),
		rest.RoleCustomerOwner, rest.RoleCustomerAccountant, rest.RoleCustomerMember, rest.RoleProjectOwner, rest.RoleProjectEmailAdmin, rest.RoleProjectExternal)
	wantKnown(t, statuses(generated.AllConversationStatusFilter),
		rest.StatusOpen, rest.StatusAnswered, rest.StatusInProgress, rest.StatusWaiting, rest.StatusClosed)
	wantKnown(t, statuses(generated.AllSettableStatus), rest.StatusOpen, rest.StatusAnswered, rest.StatusClosed)
	wantKnown(t, statuses(generated.AllConversationState), rest.StatusOpen, rest.StatusClosed)
}

// Each reference type has a kind of its own, and each type that a conversation can be shared with is a reference type.
func TestReferenceTypes(t *testing.T) {
	t.Parallel()
	kinds := map[string]generated.ReferenceType{}
	for _, of := range generated.AllReferenceType {
		kind := kindOf(referenceTo(of, conversationID))
		if other, found := kinds[kind]; found {
			t.Errorf("%s and %s are both %s", of, other, kind)
		}
		kinds[kind] = of
	}
	for _, of := range generated.AllSharedWithType {
		if !slices.Contains(generated.AllReferenceType, generated.ReferenceType(of)) {
			t.Errorf("%s is not a reference type", of)
		}
	}
}

func wantKnown[T ~string](t *testing.T, got []T, want ...T) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}
