package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"
)

// stateVersion changes with the format of the file.
const stateVersion = 1

// maxEntries is the number of conversations above which the removed ones are forgotten.
const maxEntries = 10_000

// state holds the entries that the receiver has confirmed, without texts.
type state struct {
	Version int `json:"version"`
	// Since is the first start. Older messages are not reported.
	Since time.Time `json:"since"`
	// Filter is a hash of the filter: with another one, conversations that are still there would be reported as removed.
	Filter string `json:"filter"`
	// Conversations is nil until the list has been read.
	Conversations map[string]entry `json:"conversations"`
}

// entry describes what has been reported of a conversation.
type entry struct {
	// Hash identifies the conversation's fields. It is "" for a removed conversation.
	Hash string `json:"hash,omitempty"`
	// IsOffered reports whether the receiver may have processed conversation.added without a confirmation.
	IsOffered bool `json:"isOffered,omitempty"`
	// Changes counts the changes, so that each has its own ID.
	Changes int `json:"changes"`
	// Newest is the time of the newest reported message.
	Newest time.Time `json:"newest"`
}

// loadState reads the file called name. Without a file, the state is new and begins now. A file of another filter is an error.
func loadState(name string, filter map[string]any, now time.Time) (*state, error) {
	fresh := &state{Version: stateVersion, Since: now.UTC(), Filter: hashFilter(filter)}
	if name == "" {
		return fresh, nil
	}
	text, err := os.ReadFile(name) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		err := fresh.save(name) // so that a file that cannot be written ends the start
		return fresh, err
	}
	if err != nil {
		return nil, err
	}
	var found state
	if json.Unmarshal(text, &found) != nil {
		return nil, errors.New("the state file is damaged; delete it to start without one")
	}
	if found.Version != stateVersion {
		return nil, fmt.Errorf("unsupported version %d of the state file (want %d)", found.Version, stateVersion)
	}
	if found.Filter != fresh.Filter {
		return nil, errors.New("the state file belongs to another filter; use one file for each filter")
	}
	return &found, nil
}

func hashFilter(filter map[string]any) string {
	text, _ := json.Marshal(filter) //nolint:errchkjson // was JSON; the members are sorted
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:8])
}

// copy returns the entries in a new map.
func (s *state) copy() map[string]entry {
	entries := map[string]entry{}
	maps.Copy(entries, s.Conversations)
	return entries
}

// save replaces the file called name. Readers see the old or the new content, and only the owner can read it.
func (s *state) save(name string) error {
	if name == "" {
		return nil
	}
	if len(s.Conversations) > maxEntries {
		maps.DeleteFunc(s.Conversations, func(_ string, e entry) bool { return e.Hash == "" })
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
