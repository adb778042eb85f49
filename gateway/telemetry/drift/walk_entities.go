package drift

import (
	"mstudio-graphql/graph/scalar"
	"mstudio-graphql/rest"
)

// entity looks at what conversations refer to.
func (w walker) entity(document any) {
	switch document := document.(type) {
	case *rest.Project:
		w.project(document)
	case *rest.EntityList[*rest.Project]:
		each(document.Rows, w.project)
	case *rest.PlacementGroup:
		w.server(document)
	case *rest.EntityList[*rest.PlacementGroup]:
		each(document.Rows, w.server)
	case *rest.Container:
		w.container(document)
	case *rest.EntityList[*rest.Container]:
		each(document.Rows, w.container)
	case *rest.AppInstallation:
		w.appInstallation(document)
	case []*rest.AppInstallation:
		each(document, w.appInstallation)
	case *rest.ExtensionInstance:
		w.extensionInstance(document)
	case []*rest.ExtensionInstance:
		each(document, w.extensionInstance)
	}
}

func each[T any](list []*T, look func(*T)) {
	for _, one := range list {
		look(one)
	}
}

func (w walker) project(p *rest.Project) {
	if p != nil && p.Status != "" && !scalar.KnowsProjectStatus(p.Status) {
		w("Project.status", string(p.Status))
	}
}

func (w walker) server(s *rest.PlacementGroup) {
	if s != nil && s.Status != "" && !scalar.KnowsServerStatus(s.Status) {
		w("PlacementGroup.status", string(s.Status))
	}
}

func (w walker) container(c *rest.Container) {
	if c != nil && c.Status != "" && !scalar.KnowsContainerStatus(c.Status) {
		w("Container.status", string(c.Status))
	}
}

func (w walker) appInstallation(a *rest.AppInstallation) {
	if a != nil && a.Phase != "" && !scalar.KnowsAppInstallationPhase(a.Phase) {
		w("AppInstallation.phase", string(a.Phase))
	}
}

func (w walker) extensionInstance(e *rest.ExtensionInstance) {
	if e == nil {
		return
	}
	if unknown, ok := e.InstalledIn.(*rest.UnknownReference); ok {
		w("ExtensionInstance.installedIn", referenceType(unknown))
	}
}
