package main

// relocation is the meta of an order to move websites and mailboxes from another provider. As in mStudio, it holds
// credentials in clear text; these are invented.
type relocation struct {
	RedirectusKey int              `json:"redirectusKey"`
	UserID        string           `json:"userId"`
	Source        relocationSource `json:"source"`
	Target        relocationTarget `json:"target"`
	Contact       contact          `json:"contact"`
	Notes         string           `json:"notes,omitempty"`
	PreferredDate timestamp        `json:"preferredRelocationDate,omitzero"`
	Domain        *movedDomains    `json:"domain,omitempty"`
	Email         *movedMailboxes  `json:"email,omitempty"`
}

type relocationSource struct {
	Account          string `json:"sourceAccount"`
	ProviderName     string `json:"providerName"`
	ProviderURL      string `json:"providerUrl"`
	ProviderUsername string `json:"providerUsername"`
	ProviderPassword string `json:"providerPassword"`
}

type relocationTarget struct {
	Organisation    string  `json:"organisation"`
	AccountShortID  string  `json:"accountShortId"`
	Product         string  `json:"product"`
	ArticleType     string  `json:"articleType"`
	Application     string  `json:"application,omitempty"`
	WithDataCompare *bool   `json:"withDataCompare,omitempty"`
	Prices          []price `json:"prices,omitempty"`
}

// price is the price of one part of the relocation, in euros.
type price struct {
	Name  string  `json:"name"`
	Price float64 `json:"price"`
}

type contact struct {
	FirstName string `json:"firstname"`
	LastName  string `json:"lastname"`
	Email     string `json:"email"`
	Phone     string `json:"phone,omitempty"`
}

type movedDomains struct {
	AllDomains bool          `json:"allDomains"`
	Domains    []movedDomain `json:"domains,omitempty"`
}

type movedDomain struct {
	Name     string `json:"domainName"`
	AuthCode string `json:"authCode,omitempty"`
}

type movedMailboxes struct {
	Inboxes []movedMailbox `json:"emailInboxes"`
}

type movedMailbox struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}
