package scalar

import (
	"errors"
	"time"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// errOutputOnly answers an attempt to read a type that no argument has. The generated code wants a reader for each
// type that is written by a function, and validation keeps it from ever being called.
var errOutputOnly = errors.New("not an input type")

// UnmarshalConversationStatus always fails: the enum is for output only.
func UnmarshalConversationStatus(any) (rest.ConversationStatus, error) { return "", errOutputOnly }

// UnmarshalConversationVisibility always fails: the enum is for output only.
func UnmarshalConversationVisibility(any) (rest.ConversationVisibility, error) {
	return "", errOutputOnly
}

// UnmarshalNotificationRole always fails: the enum is for output only.
func UnmarshalNotificationRole(any) (rest.NotificationRole, error) { return "", errOutputOnly }

// UnmarshalCategoryReferenceType always fails: the enum is for output only.
func UnmarshalCategoryReferenceType(any) (rest.CategoryReferenceType, error) {
	return "", errOutputOnly
}

// UnmarshalServiceRequestKind always fails: the enum is for output only.
func UnmarshalServiceRequestKind(any) (rest.ServiceRequestKind, error) { return "", errOutputOnly }

// UnmarshalFileState always fails: the enum is for output only.
func UnmarshalFileState(any) (rest.FileState, error) { return "", errOutputOnly }

// UnmarshalDepartment always fails: the enum is for output only.
func UnmarshalDepartment(any) (rest.Department, error) { return "", errOutputOnly }

// UnmarshalText always fails: texts in arguments are plain strings.
func UnmarshalText(any) (rest.Text, error) { return rest.Text{}, errOutputOnly }

// UnmarshalProjectStatus always fails: the enum is for output only.
func UnmarshalProjectStatus(any) (rest.ProjectStatus, error) { return "", errOutputOnly }

// UnmarshalAppInstallationPhase always fails: the enum is for output only.
func UnmarshalAppInstallationPhase(any) (rest.AppInstallationPhase, error) { return "", errOutputOnly }

// UnmarshalServerStatus always fails: the enum is for output only.
func UnmarshalServerStatus(any) (rest.ServerStatus, error) { return "", errOutputOnly }

// UnmarshalContainerStatus always fails: the enum is for output only.
func UnmarshalContainerStatus(any) (rest.ContainerStatus, error) { return "", errOutputOnly }

// UnmarshalUserErrorCode always fails: the enum is for output only.
func UnmarshalUserErrorCode(any) (model.UserErrorCode, error) { return "", errOutputOnly }

// UnmarshalDateTime always fails: no argument is a point in time.
func UnmarshalDateTime(any) (time.Time, error) { return time.Time{}, errOutputOnly }
