package rest

// The methods in this file assign types to the unions and interfaces of the GraphQL schema, so that the compiler
// rejects a type in the wrong place, and to mStudio's names for them. Types that embed [Ref] or [MessageHead] have its methods.

// IsReference marks a GraphQL Reference.
func (Ref) IsReference()              {}
func (UnknownReference) IsReference() {}

// IsRelatedTo marks a member of the GraphQL union RelatedTo.
func (Ref) IsRelatedTo()              {}
func (UnknownReference) IsRelatedTo() {}

// IsSharedWith marks a member of the GraphQL union SharedWith.
func (Ref) IsSharedWith()              {}
func (UnknownReference) IsSharedWith() {}

// IsMessage marks a member of the GraphQL union Message.
func (MessageHead) IsMessage() {}

// IsMessageItem marks a GraphQL MessageItem.
func (MessageHead) IsMessageItem() {}

// IsFile marks a GraphQL File.
func (RequestedFile) IsFile() {}
func (UploadedFile) IsFile()  {}
func (DeletedFile) IsFile()   {}
func (UnknownFile) IsFile()   {}

// IsServiceRequestPayload marks a member of the GraphQL union ServiceRequestPayload.
func (Relocation) IsServiceRequestPayload()            {}
func (MailSendLimitIncrease) IsServiceRequestPayload() {}
func (UnknownPayload) IsServiceRequestPayload()        {}

// IsNode marks a GraphQL Node.
func (Ref) IsNode()                  {}
func (Conversation) IsNode()         {}
func (ConversationCategory) IsNode() {}

// Domain and Aggregate return mStudio's names of the type.
func (User) Domain() string                 { return "user" }
func (User) Aggregate() string              { return "user" }
func (Customer) Domain() string             { return "customer" }
func (Customer) Aggregate() string          { return "customer" }
func (Project) Domain() string              { return "project" }
func (Project) Aggregate() string           { return "project" }
func (AppInstallation) Domain() string      { return "app" }
func (AppInstallation) Aggregate() string   { return "appinstallation" }
func (PlacementGroup) Domain() string       { return "project" } // the same domain as projects
func (PlacementGroup) Aggregate() string    { return "placementgroup" }
func (ExtensionInstance) Domain() string    { return "extension" }
func (ExtensionInstance) Aggregate() string { return "extensionInstance" }
func (Container) Domain() string            { return "container" }
func (Container) Aggregate() string         { return "container" }
