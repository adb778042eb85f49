package scalar

import "mstudio-graphql/rest"

// The functions in this file say whether a value of an enum is one that the schema has, so that it can be noticed when
// mStudio sends a new one. A value that is missing is none.

// KnowsConversationStatus reports whether the schema has a status.
func KnowsConversationStatus(status rest.ConversationStatus) bool {
	return conversationStatus(status) != unknown
}

// KnowsConversationVisibility reports whether the schema has a visibility.
func KnowsConversationVisibility(visibility rest.ConversationVisibility) bool {
	return conversationVisibility(visibility) != unknown
}

// KnowsNotificationRole reports whether the schema has a role.
func KnowsNotificationRole(role rest.NotificationRole) bool {
	return notificationRole(role) != unknown
}

// KnowsCategoryReferenceType reports whether the schema has a type.
func KnowsCategoryReferenceType(kind rest.CategoryReferenceType) bool {
	return categoryReferenceType(kind) != unknown
}

// KnowsServiceRequestKind reports whether the schema has a kind.
func KnowsServiceRequestKind(kind rest.ServiceRequestKind) bool {
	return serviceRequestKind(kind) != unknown
}

// KnowsDepartment reports whether the schema has a department.
func KnowsDepartment(department rest.Department) bool {
	return departmentName(department) != unknown
}

// KnowsProjectStatus reports whether the schema has a status.
func KnowsProjectStatus(status rest.ProjectStatus) bool { return projectStatus(status) != unknown }

// KnowsServerStatus reports whether the schema has a status.
func KnowsServerStatus(status rest.ServerStatus) bool { return serverStatus(status) != unknown }

// KnowsContainerStatus reports whether the schema has a status.
func KnowsContainerStatus(status rest.ContainerStatus) bool {
	return containerStatus(status) != unknown
}

// KnowsAppInstallationPhase reports whether the schema has a phase.
func KnowsAppInstallationPhase(phase rest.AppInstallationPhase) bool {
	return appInstallationPhase(phase) != unknown
}
