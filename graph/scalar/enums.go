// Package scalar writes the schema's scalars and enums, and reads those that are arguments.
package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/rest"
)

// unknown is the value of every output enum for what mStudio sends and this version does not know.
const unknown = "UNKNOWN"

// MarshalConversationStatus writes a status in the schema's spelling.
func MarshalConversationStatus(status rest.ConversationStatus) graphql.Marshaler {
	return appended(AppendConversationStatus(nil, status))
}

// AppendConversationStatus appends what MarshalConversationStatus writes.
func AppendConversationStatus(buffer []byte, status rest.ConversationStatus) []byte {
	return appendName(buffer, conversationStatus(status))
}

func conversationStatus(status rest.ConversationStatus) string {
	switch status {
	case "open":
		return "OPEN"
	case "answered":
		return "ANSWERED"
	case "inProgress":
		return "IN_PROGRESS"
	case "waiting":
		return "WAITING"
	case rest.StatusClosed:
		return "CLOSED"
	}
	return unknown
}

// MarshalConversationVisibility writes a visibility in the schema's spelling.
func MarshalConversationVisibility(visibility rest.ConversationVisibility) graphql.Marshaler {
	return appended(AppendConversationVisibility(nil, visibility))
}

// AppendConversationVisibility appends what MarshalConversationVisibility writes.
func AppendConversationVisibility(buffer []byte, visibility rest.ConversationVisibility) []byte {
	return appendName(buffer, conversationVisibility(visibility))
}

func conversationVisibility(visibility rest.ConversationVisibility) string {
	switch visibility {
	case "shared":
		return "SHARED"
	case "private":
		return "PRIVATE"
	}
	return unknown
}

// MarshalNotificationRole writes a role in the schema's spelling.
func MarshalNotificationRole(role rest.NotificationRole) graphql.Marshaler {
	return appended(AppendNotificationRole(nil, role))
}

// AppendNotificationRole appends what MarshalNotificationRole writes.
func AppendNotificationRole(buffer []byte, role rest.NotificationRole) []byte {
	return appendName(buffer, notificationRole(role))
}

func notificationRole(role rest.NotificationRole) string {
	switch role {
	case "customer_owner":
		return "CUSTOMER_OWNER"
	case "customer_accountant":
		return "CUSTOMER_ACCOUNTANT"
	case "customer_member":
		return "CUSTOMER_MEMBER"
	case "project_owner":
		return "PROJECT_OWNER"
	case "project_emailadmin", "project_email_admin": // renamed in January 2025
		return "PROJECT_EMAIL_ADMIN"
	case "project_external":
		return "PROJECT_EXTERNAL"
	}
	return unknown
}

// MarshalCategoryReferenceType writes a type in the schema's spelling.
func MarshalCategoryReferenceType(kind rest.CategoryReferenceType) graphql.Marshaler {
	return appended(AppendCategoryReferenceType(nil, kind))
}

// AppendCategoryReferenceType appends what MarshalCategoryReferenceType writes.
func AppendCategoryReferenceType(buffer []byte, kind rest.CategoryReferenceType) []byte {
	return appendName(buffer, categoryReferenceType(kind))
}

func categoryReferenceType(kind rest.CategoryReferenceType) string {
	switch kind {
	case "unspecified":
		return "UNSPECIFIED"
	case "server":
		return "SERVER"
	case "project":
		return "PROJECT"
	case "organisation":
		return "ORGANISATION"
	case "extensionInstance":
		return "EXTENSION_INSTANCE"
	}
	return unknown
}

// MarshalServiceRequestKind writes a kind in the schema's spelling.
func MarshalServiceRequestKind(kind rest.ServiceRequestKind) graphql.Marshaler {
	return appended(AppendServiceRequestKind(nil, kind))
}

// AppendServiceRequestKind appends what MarshalServiceRequestKind writes.
func AppendServiceRequestKind(buffer []byte, kind rest.ServiceRequestKind) []byte {
	return appendName(buffer, serviceRequestKind(kind))
}

func serviceRequestKind(kind rest.ServiceRequestKind) string {
	switch kind {
	case "relocation":
		return "RELOCATION"
	case "call":
		return "CALL"
	case "mailSendLimitIncrease":
		return "MAIL_SEND_LIMIT_INCREASE"
	}
	return unknown
}

// MarshalFileState writes a state in the schema's spelling.
func MarshalFileState(state rest.FileState) graphql.Marshaler {
	return appended(AppendFileState(nil, state))
}

// AppendFileState appends what MarshalFileState writes.
func AppendFileState(buffer []byte, state rest.FileState) []byte {
	return appendName(buffer, fileState(state))
}

func fileState(state rest.FileState) string {
	switch state {
	case "requested":
		return "REQUESTED"
	case "uploaded":
		return "UPLOADED"
	case "deleted":
		return "DELETED"
	}
	return unknown
}

// MarshalDepartment writes a department in the schema's spelling, and null for none.
func MarshalDepartment(department rest.Department) graphql.Marshaler {
	if department == "" {
		return graphql.Null
	}
	return appended(AppendDepartment(nil, department))
}

// AppendDepartment appends what MarshalDepartment writes.
func AppendDepartment(buffer []byte, department rest.Department) []byte {
	if department == "" {
		return append(buffer, "null"...)
	}
	return appendName(buffer, departmentName(department))
}

func departmentName(department rest.Department) string {
	switch department {
	case "development":
		return "DEVELOPMENT"
	case "mail":
		return "MAIL"
	case "accounting":
		return "ACCOUNTING"
	case "cloudHosting":
		return "CLOUD_HOSTING"
	case "customerService":
		return "CUSTOMER_SERVICE"
	case "productManagement":
		return "PRODUCT_MANAGEMENT"
	case "generic":
		return "GENERIC"
	}
	return unknown
}
