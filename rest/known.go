package rest

import (
	"hash/maphash"
	"strings"
)

// Known identifies a page that was decoded, so that an equal one need not be decoded again. It contains no text of the page.
type Known struct {
	checksum uint64
	total    int
	drift    []Drift // of the page, to note again
}

const (
	// maxKnownDrift is the maximum number of differences of a page that can be known.
	maxKnownDrift = 16
	// maxKnownValue is the maximum length of their values in bytes.
	maxKnownValue = 40
)

// readPageUnless reads a page, unless it equals known, which may be nil. Then the page has no rows, and its differences are noted
// again.
func (c *Client) readPageUnless(d *decoder, known *Known) *ConversationPage {
	now := &Known{checksum: maphash.Bytes(c.seed, d.Data), total: totalOf(d.header)}
	if known != nil && known.checksum == now.checksum && known.total == now.total {
		if d.isOwner {
			recycleBody(d.Data)
		}
		d.Data = nil
		for _, noted := range known.drift {
			d.noteValue(noted.Kind, noted.Field, noted.Value)
		}
		return &ConversationPage{Known: known, IsSame: true}
	}
	d.noteIn(now)
	page := readConversations(d)
	if len(now.drift) <= maxKnownDrift {
		page.Known = now
	}
	return page
}

// noteIn keeps the differences of the document that are noted from now on.
func (d *decoder) noteIn(known *Known) {
	note := d.onDrift
	if note == nil {
		return
	}
	d.onDrift = func(found Drift) {
		note(found)
		switch {
		case len(known.drift) > maxKnownDrift:
		case !isWord(found.Value):
			known.drift = make([]Drift, maxKnownDrift+1)
		default:
			found.Value = strings.Clone(found.Value) // it shares the memory of the document
			known.drift = append(known.drift, found)
		}
	}
}

// isWord reports whether a value is a word as programs use them. Anything else may be a text, which must not be kept.
func isWord(value string) bool {
	const others = "0123456789_-/"
	return len(value) <= maxKnownValue && !strings.ContainsFunc(value, func(r rune) bool {
		return (r|0x20 < 'a' || r|0x20 > 'z') && !strings.ContainsRune(others, r)
	})
}
