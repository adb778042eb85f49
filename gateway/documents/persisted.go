package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hashicorp/golang-lru/v2/simplelru"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
)

// persistedBytes is about how many bytes a kept text takes beyond its own.
const persistedBytes = 200

// persisted keeps the texts of documents by their hashes, up to a number of bytes, for clients that send the hash alone
// (Apollo's automatic persisted queries). The least recently used ones go first. All callers share them: a text holds no
// data of any, and whoever sends it could have sent it anyway.
type persisted struct {
	mu    sync.Mutex
	kept  *simplelru.LRU[string, string]
	bytes int
	most  int
}

// newPersisted returns an empty store; one that keeps nothing, if most is not positive.
func newPersisted(most int) *persisted {
	p := &persisted{most: most}
	kept, err := simplelru.NewLRU(max(most, 1), func(_, gone string) { p.bytes -= len(gone) + persistedBytes })
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	p.kept = kept
	return p
}

func (p *persisted) find(hash string) (text string, found bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept.Get(hash)
}

// add keeps a text that is known to be a valid document.
func (p *persisted) add(hash, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.most <= 0 || p.kept.Contains(hash) {
		return
	}
	p.kept.Add(hash, text)
	for p.bytes += len(text) + persistedBytes; p.bytes > p.most; {
		p.kept.RemoveOldest()
	}
}

// findText puts the text into the parameters if only its id was sent, and checks that a text may be sent, and belongs to
// its id.
func (g *endpoint) findText(params *graphql.RawParams, mediaType string) *httpapi.Error {
	id := httpapi.DocumentID(params)
	switch {
	case httpapi.UnknownPersistedQueryVersion(params):
		return httpapi.NewError(httpapi.ErrorStatus(mediaType), model.CodeBadUserInput, "The version of persistedQuery must be 1.")
	case params.Query == "":
		text, found := g.textOf(id)
		if !found {
			return httpapi.NewError(httpapi.ErrorStatus(mediaType), g.notPersisted(), notPersistedMessage(g.notPersisted()))
		}
		params.Query = text
	case g.trusted.refuses(params.Query):
		return httpapi.NewError(httpapi.ErrorStatus(mediaType), model.CodeForbidden, "Only trusted documents are executed here.")
	case id != "" && id != hashOf(params.Query):
		return httpapi.NewError(httpapi.ErrorStatus(mediaType), model.CodeBadUserInput, "sha256Hash is not the SHA-256 hash of query, in hexadecimal.")
	}
	return nil
}

func (g *endpoint) textOf(id string) (string, bool) {
	if text, found := g.trusted.find(id); found {
		return text, true
	}
	return g.persisted.find(id)
}

// notPersisted tells a client whether it is of use to send the text along with its hash next time.
func (g *endpoint) notPersisted() model.Code {
	if g.persisted.most <= 0 && g.trusted == nil {
		return model.CodePersistedQueryUnsupported
	}
	return model.CodePersistedQueryNotFound
}

// notPersistedMessage is the wording that Apollo Client and urql look for.
func notPersistedMessage(code model.Code) string {
	if code == model.CodePersistedQueryUnsupported {
		return "PersistedQueryNotSupported"
	}
	return "PersistedQueryNotFound"
}

// persist keeps the text of a document that has proved to be valid, if the client has sent its hash along.
func (g *endpoint) persist(params *graphql.RawParams) {
	if id := httpapi.DocumentID(params); id != "" {
		if _, found := g.trusted.find(id); !found {
			g.persisted.add(id, params.Query)
		}
	}
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
