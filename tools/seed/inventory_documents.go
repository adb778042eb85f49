package main

// The wire form of the inventory, with every member that the API requires. Some members hold secrets, so that tests can
// prove that the gateway does not forward them.

type customerDocument struct {
	ID             string    `json:"customerId"`
	Number         string    `json:"customerNumber"`
	Name           string    `json:"name"`
	CreationDate   timestamp `json:"creationDate"`
	MemberCount    int       `json:"memberCount"`
	ProjectCount   int       `json:"projectCount"`
	AvatarID       string    `json:"avatarRefId,omitempty"`
	VatID          string    `json:"vatId"`
	Flags          []string  `json:"flags"`
	IsBanned       bool      `json:"isBanned"`
	DunningLevel   string    `json:"levelOfUndeliverableDunningNotice,omitempty"`
	ExecutingRoles []string  `json:"executingUserRoles"`
}

// projectDocument is a project in a list. See [detail] for a single project.
type projectDocument struct {
	ID                string       `json:"id"`
	ShortID           string       `json:"shortId"`
	Description       string       `json:"description"`
	Enabled           bool         `json:"enabled"`
	CustomerID        string       `json:"customerId"`
	CustomerMeta      customerMeta `json:"customerMeta"`
	ServerID          string       `json:"serverId,omitempty"`
	ServerGroupID     string       `json:"serverGroupId"`
	ImageID           string       `json:"imageRefId,omitempty"`
	CreatedAt         timestamp    `json:"createdAt"`
	IsReady           bool         `json:"isReady"`
	Readiness         string       `json:"readiness"`
	Status            string       `json:"status"`
	StatusSetAt       timestamp    `json:"statusSetAt"`
	WebStorage        int64        `json:"webStorageUsageInBytes"`
	WebStorageSetAt   timestamp    `json:"webStorageUsageInBytesSetAt"`
	Backups           int64        `json:"backupStorageUsageInBytes"`
	BackupsSetAt      timestamp    `json:"backupStorageUsageInBytesSetAt"`
	SupportedFeatures []string     `json:"supportedFeatures"`
	DeletionRequested bool         `json:"deletionRequested"`
}

type customerMeta struct {
	ID string `json:"id"`
}

type serverDocument struct {
	ID          string          `json:"id"`
	ShortID     string          `json:"shortId"`
	CustomerID  string          `json:"customerId"`
	Description string          `json:"description"`
	MachineType machineDocument `json:"machineType"`
	Storage     string          `json:"storage"`
	ClusterName string          `json:"clusterName"`
	GroupID     string          `json:"groupId"`
	CreatedAt   timestamp       `json:"createdAt"`
	IsReady     bool            `json:"isReady"`
	Readiness   string          `json:"readiness"`
	Status      string          `json:"status"`
}

type machineDocument struct {
	Name   string `json:"name"`
	CPU    string `json:"cpu"`
	Memory string `json:"memory"`
}

type appDocument struct {
	ID                 string             `json:"id"`
	ShortID            string             `json:"shortId"`
	AppID              string             `json:"appId"`
	AppName            string             `json:"appName"`
	AppVersion         appVersionDocument `json:"appVersion"`
	AppExternalVersion string             `json:"appExternalVersion"`
	Description        string             `json:"description"`
	Hostname           string             `json:"hostname,omitempty"`
	InstallationPath   string             `json:"installationPath"`
	Disabled           bool               `json:"disabled"`
	UpdateAvailable    bool               `json:"updateAvailable"`
	UpdatePolicy       string             `json:"updatePolicy"`
	Phase              string             `json:"phase"`
	CreatedAt          timestamp          `json:"createdAt"`
	ProjectID          string             `json:"projectId"`
	ProjectDescription string             `json:"projectDescription"`
	SystemSoftware     []string           `json:"systemSoftware"`
	LinkedDatabases    []string           `json:"linkedDatabases"`
	UserInputs         []userInput        `json:"userInputs"`
}

type appVersionDocument struct {
	Current string `json:"current,omitempty"`
	Desired string `json:"desired"`
}

type userInput struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type extensionDocument struct {
	ID                     string        `json:"id"`
	ExtensionID            string        `json:"extensionId"`
	ExtensionName          string        `json:"extensionName"`
	ContributorID          string        `json:"contributorId"`
	ContributorName        string        `json:"contributorName"`
	AggregateReference     reference     `json:"aggregateReference"`
	Chargeability          chargeability `json:"chargeability"`
	ConsentedScopes        []string      `json:"consentedScopes"`
	Disabled               bool          `json:"disabled"`
	PendingInstallation    bool          `json:"pendingInstallation"`
	PendingRemoval         bool          `json:"pendingRemoval"`
	WebhookExecutionHalted bool          `json:"webhookExecutionHalted"`
	CreatedAt              timestamp     `json:"createdAt"`
}

type chargeability struct {
	IsChargeable bool                 `json:"isChargeable"`
	Reasons      chargeabilityReasons `json:"reasons"`
}

type chargeabilityReasons struct {
	IsNonChargeableCustomer bool `json:"isNonChargeableCustomer"`
	IsOwnExtension          bool `json:"isOwnExtension"`
}

type serviceDocument struct {
	ID               string       `json:"id"`
	ShortID          string       `json:"shortId"`
	StackID          string       `json:"stackId"`
	ProjectID        string       `json:"projectId"`
	ServiceName      string       `json:"serviceName"`
	Description      string       `json:"description"`
	PendingState     serviceState `json:"pendingState"`
	DeployedState    serviceState `json:"deployedState"`
	Status           string       `json:"status"`
	StatusSetAt      timestamp    `json:"statusSetAt"`
	RequiresRecreate bool         `json:"requiresRecreate"`
}

type serviceState struct {
	Image string            `json:"image"`
	Envs  map[string]string `json:"envs"`
}
