package rest

// The methods in this file assign types to the unions and interfaces of the GraphQL schema, so that the compiler
// rejects a type in the wrong place.

// IsReference marks a GraphQL Reference.
func (User) IsReference()               {}
func (Customer) IsReference()           {}
func (Project) IsReference()            {}
func (AppInstallation) IsReference()    {}
func (PlacementGroup) IsReference()     {}
func (ExtensionInstance) IsReference()  {}
func (Container) IsReference()          {}
func (UnknownReference) IsReference()   {}
func (AggregateReference) IsReference() {}

// IsRelatedTo marks a member of the GraphQL union RelatedTo.
func (User) IsRelatedTo()              {}
func (Customer) IsRelatedTo()          {}
func (Project) IsRelatedTo()           {}
func (AppInstallation) IsRelatedTo()   {}
func (PlacementGroup) IsRelatedTo()    {}
func (ExtensionInstance) IsRelatedTo() {}
func (Container) IsRelatedTo()         {}
func (UnknownReference) IsRelatedTo()  {}

// IsSharedWith marks a member of the GraphQL union SharedWith.
func (User) IsSharedWith()             {}
func (Customer) IsSharedWith()         {}
func (Project) IsSharedWith()          {}
func (PlacementGroup) IsSharedWith()   {}
func (UnknownReference) IsSharedWith() {}

// IsMessage marks a member of the GraphQL union Message.
func (TextMessage) IsMessage()    {}
func (StatusUpdate) IsMessage()   {}
func (ServiceRequest) IsMessage() {}
func (UnknownMessage) IsMessage() {}

// IsMessageItem marks a GraphQL MessageItem.
func (TextMessage) IsMessageItem()    {}
func (StatusUpdate) IsMessageItem()   {}
func (ServiceRequest) IsMessageItem() {}
func (UnknownMessage) IsMessageItem() {}

// IsFile marks a GraphQL File.
func (RequestedFile) IsFile() {}
func (UploadedFile) IsFile()  {}
func (DeletedFile) IsFile()   {}
func (UnknownFile) IsFile()   {}

// IsServiceRequestPayload marks a member of the GraphQL union ServiceRequestPayload.
func (Relocation) IsServiceRequestPayload()            {}
func (MailSendLimitIncrease) IsServiceRequestPayload() {}
func (UnknownPayload) IsServiceRequestPayload()        {}

// Node is a GraphQL Node: an object that can be fetched by its ID alone.
type Node interface{ IsNode() }

// IsNode marks a GraphQL Node.
func (Conversation) IsNode()         {}
func (ConversationCategory) IsNode() {}
