package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/rest"
)

// The enums in this file belong to objects that may be references only, so the absence of a value is null.

func appendOptional(buffer []byte, raw, name string) []byte {
	if raw == "" {
		return append(buffer, "null"...)
	}
	return appendName(buffer, name)
}

// MarshalProjectStatus writes a status in the schema's spelling, and null for none.
func MarshalProjectStatus(status rest.ProjectStatus) graphql.Marshaler {
	return appended(AppendProjectStatus(nil, status))
}

// AppendProjectStatus appends what MarshalProjectStatus writes.
func AppendProjectStatus(buffer []byte, status rest.ProjectStatus) []byte {
	return appendOptional(buffer, string(status), projectStatus(status))
}

func projectStatus(status rest.ProjectStatus) string {
	switch status {
	case "pending":
		return "PENDING"
	case "ready":
		return "READY"
	case "preparingForVolumeMigration":
		return "PREPARING_FOR_VOLUME_MIGRATION"
	case "migratingVolume":
		return "MIGRATING_VOLUME"
	case "error":
		return "ERROR"
	case "disabled":
		return "DISABLED"
	}
	return unknown
}

// MarshalAppInstallationPhase writes a phase in the schema's spelling, and null for none.
func MarshalAppInstallationPhase(phase rest.AppInstallationPhase) graphql.Marshaler {
	return appended(AppendAppInstallationPhase(nil, phase))
}

// AppendAppInstallationPhase appends what MarshalAppInstallationPhase writes.
func AppendAppInstallationPhase(buffer []byte, phase rest.AppInstallationPhase) []byte {
	return appendOptional(buffer, string(phase), appInstallationPhase(phase))
}

func appInstallationPhase(phase rest.AppInstallationPhase) string {
	switch phase {
	case "pending":
		return "PENDING"
	case "installing":
		return "INSTALLING"
	case "upgrading":
		return "UPGRADING"
	case "ready":
		return "READY"
	case "disabled":
		return "DISABLED"
	case "reconfiguring":
		return "RECONFIGURING"
	}
	return unknown
}

// MarshalServerStatus writes a status in the schema's spelling, and null for none.
func MarshalServerStatus(status rest.ServerStatus) graphql.Marshaler {
	return appended(AppendServerStatus(nil, status))
}

// AppendServerStatus appends what MarshalServerStatus writes.
func AppendServerStatus(buffer []byte, status rest.ServerStatus) []byte {
	return appendOptional(buffer, string(status), serverStatus(status))
}

func serverStatus(status rest.ServerStatus) string {
	switch status {
	case "pending":
		return "PENDING"
	case "ready":
		return "READY"
	case "unready":
		return "UNREADY"
	case "suspended":
		return "SUSPENDED"
	case "migrating":
		return "MIGRATING"
	}
	return unknown
}

// MarshalContainerStatus writes a status in the schema's spelling, and null for none.
func MarshalContainerStatus(status rest.ContainerStatus) graphql.Marshaler {
	return appended(AppendContainerStatus(nil, status))
}

// AppendContainerStatus appends what MarshalContainerStatus writes.
func AppendContainerStatus(buffer []byte, status rest.ContainerStatus) []byte {
	return appendOptional(buffer, string(status), containerStatus(status))
}

func containerStatus(status rest.ContainerStatus) string {
	switch status {
	case "running":
		return "RUNNING"
	case "stopped":
		return "STOPPED"
	case "error":
		return "ERROR"
	case "creating":
		return "CREATING"
	case "starting":
		return "STARTING"
	case "stopping":
		return "STOPPING"
	}
	return unknown
}
