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
// mStudio omits them. The user's input to the installation, among others, is not read, because it includes passwords.
type AppInstallation struct {
	Ref         `api:"id"`
	ShortID     *string `api:"shortId,required"`
	AppName     *string `api:"appName,required"`
	Description *string `api:"description,required"`
	Hostname    *string `api:"hostname"`
	// Version is the app's name for its version, such as "6.4.2".
	Version           *string `api:"appExternalVersion,required"`
	AppVersionIDs     `api:"appVersion,required"`
	IsUpdateAvailable *bool                `api:"updateAvailable,required"`
	IsDisabled        *bool                `api:"disabled,required"`
	Phase             AppInstallationPhase `api:"phase,required"`
	CreatedAt         *time.Time           `api:"createdAt,required"`
	ProjectID         string               `api:"projectId,required"` // "" if mStudio omits it
}

// AppVersionIDs holds mStudio's IDs of an app's versions. They differ during an update.
type AppVersionIDs struct {
	CurrentVersionID *string `api:"current"`
	DesiredVersionID *string `api:"desired,required"`
}

func (AppVersionIDs) schemaType() string { return "AppInstallation" }

const (
	appInstallationsRoute route = "/app-installations"
	appInstallationRoute  route = "/app-installations/{appInstallationId}"
)

// AppInstallation fetches one app installation. mStudio returns NotFound even if the caller may not see it.
func (c *Client) AppInstallation(ctx context.Context, id string) (*AppInstallation, error) {
	return getEntity(ctx, c, appInstallationRoute, id, entity[AppInstallation])
}

// AppInstallations fetches the first [EntityLimit] app installations that the caller may see.
func (c *Client) AppInstallations(ctx context.Context) (*EntityList[*AppInstallation], error) {
	return listEntities[AppInstallation](ctx, c, appInstallationsRoute)
}

// RawPhase returns the phase as mStudio spells it; nil if it omits it.
func (a *AppInstallation) RawPhase() *string { return rawOf(a.Phase) }

// Project returns a reference to the project; nil if mStudio omits it.
func (a *AppInstallation) Project() *Project { return byID[Project](a.ProjectID) }

// Bare returns an installation with only the ID.
func (a *AppInstallation) Bare(access Access) Entity { return &AppInstallation{Ref: a.bare(access)} }
