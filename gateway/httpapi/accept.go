package httpapi

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of answers. The first may have a status other than 200 for an error in the query itself.
const (
	MediaResponse = "application/graphql-response+json"
	MediaJSON     = "application/json"
)

// mediaRange is one element of an Accept header.
type mediaRange struct {
	mediaType string
	quality   float64
}

// Negotiate picks the media type of the answer, as GraphQL over HTTP wants it: plain JSON for a client that does not
// say, else what it likes best, else what it names first. ok is false if it accepts neither.
func Negotiate(r *http.Request) (mediaType string, ok bool) {
	ranges := acceptRanges(r)
	if len(ranges) == 0 {
		return MediaJSON, true
	}
	response, plain := quality(ranges, MediaResponse), quality(ranges, MediaJSON)
	switch {
	case response == 0 && plain == 0:
		return MediaJSON, false
	case response > plain || response == plain && namedFirst(ranges) == MediaResponse:
		return MediaResponse, true
	}
	return MediaJSON, true
}

// WantsPage reports whether somebody looks at the endpoint with a browser, which likes HTML best. Programs do not.
func WantsPage(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	ranges := acceptRanges(r)
	page := quality(ranges, "text/html")
	return page > quality(ranges, MediaResponse) && page > quality(ranges, MediaJSON)
}

func acceptRanges(r *http.Request) []mediaRange {
	var ranges []mediaRange
	if len(r.Header["Accept"]) == 0 {
		return nil
	}
	for element := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		mediaType, parameters, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		weight := 1.0
		if given, err := strconv.ParseFloat(parameters["q"], 64); err == nil {
			weight = given
		}
		ranges = append(ranges, mediaRange{mediaType, weight})
	}
	return ranges
}

// quality is the weight of the most specific range that matches.
func quality(ranges []mediaRange, mediaType string) float64 {
	major, _, _ := strings.Cut(mediaType, "/")
	best, specificity := 0.0, 0
	for _, candidate := range ranges {
		matched := 0
		switch candidate.mediaType {
		case mediaType:
			matched = 3
		case major + "/*":
			matched = 2
		case "*/*":
			matched = 1
		}
		if matched > specificity {
			best, specificity = candidate.quality, matched
		}
	}
	return best
}

// namedFirst returns whichever of the two types stands first by its own name; plain JSON if neither does, because a
// client that sends only wildcards may be older than the other type.
func namedFirst(ranges []mediaRange) string {
	for _, candidate := range ranges {
		if candidate.mediaType == MediaResponse || candidate.mediaType == MediaJSON {
			return candidate.mediaType
		}
	}
	return MediaJSON
}

// ErrorStatus returns the status for an operation that cannot be executed. Clients of plain JSON expect 200, because
// they could not distinguish our 400 from one of a proxy.
func ErrorStatus(mediaType string) int {
	if mediaType == MediaResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}
