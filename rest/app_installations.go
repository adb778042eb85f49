package rest

import (
	"context"
	"time"
)

// AppInstallationPhase is the state of an app installation, as mStudio spells it.
type AppInstallationPhase string

// The known phases of app installations.
const (
	AppPending       AppInstallationPhase = "pending"
	AppInstalling    AppInstallationPhase = "installing"
	AppUpgrading     AppInstallationPhase = "upgrading"
	AppReady         AppInstallationPhase = "ready"
	AppDisabled      AppInstallationPhase = "disabled"
	AppReconfiguring AppInstallationPhase = "reconfiguring"
)

// AppInstallation is an app that is installed in a project. Fields other than the ID are zero in a reference, and if
// mStudio omits them.
type AppInstallation struct {
	Ref
	ShortID     *string
	AppName     *string
	Description *string
	Hostname    *string
	// Version is the app's name for its version, such as "6.4.2".
	Version *string
	// CurrentVersionID and DesiredVersionID are mStudio's IDs of versions. They differ during an update.
	CurrentVersionID, DesiredVersionID *string
	UpdateAvailable                    *bool
	Disabled                           *bool
	Phase                              AppInstallationPhase
	CreatedAt                          *time.Time
	ProjectID                          string // "" if mStudio omits it
}

const appInstallationRoute route = "/app-installations/{appInstallationId}"

// AppInstallation fetches one app installation. mStudio returns NotFound even if the caller may not see it.
func (c *Client) AppInstallation(ctx context.Context, id string) (*AppInstallation, error) {
	return getEntity(ctx, c, appInstallationRoute, id, (*decoder).appInstallationField)
}

// appInstallationField skips, among others, the user's input to the installation, because it includes passwords.
func (d *decoder) appInstallationField(a *AppInstallation, name []byte) {
	switch string(name) {
	case "id":
		a.ID = d.string()
	case "shortId":
		a.ShortID = d.optionalString()
	case "appName":
		a.AppName = d.optionalString()
	case "description":
		a.Description = d.optionalString()
	case "hostname":
		a.Hostname = d.optionalString()
	case "appExternalVersion":
		a.Version = d.optionalString()
	case "appVersion":
		d.appVersion(a)
	case "updateAvailable":
		a.UpdateAvailable = d.optionalBool()
	case "disabled":
		a.Disabled = d.optionalBool()
	case "phase":
		a.Phase = enum[AppInstallationPhase](d, "AppInstallation.phase")
	case "createdAt":
		a.CreatedAt = d.time()
	case "projectId":
		a.ProjectID = d.string()
	default:
		d.Skip()
	}
}

func (d *decoder) appVersion(a *AppInstallation) {
	d.object(func(name []byte) {
		switch string(name) {
		case "current":
			a.CurrentVersionID = d.optionalString()
		case "desired":
			a.DesiredVersionID = d.optionalString()
		default:
			d.Skip()
		}
	})
}

// RawPhase returns the phase as mStudio spells it; nil if it omits it.
func (a *AppInstallation) RawPhase() *string { return rawOf(a.Phase) }

// Project returns a reference to the project; nil if mStudio omits it.
func (a *AppInstallation) Project() *Project { return byID[Project](a.ProjectID) }

// Bare returns an installation with only the ID.
func (a *AppInstallation) Bare() Entity { return &AppInstallation{Ref: a.bare()} }
