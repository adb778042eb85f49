package faults_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// bodyFaults are complete responses with a wrong content.
func bodyFaults() []fault {
	body := func(name string, want wants, change func(body string) string) fault {
		return fault{name: name, want: want, answer: func(e *exchange) {
			healthy := e.healthyResponse()
			e.text(healthy.Code, change(healthy.Body.String()))
		}}
	}
	constant := func(text string) func(string) string { return func(string) string { return text } }
	typed := func(name, mediaType string, want wants) fault {
		return fault{name: name, want: want, answer: func(e *exchange) {
			healthy := e.healthyResponse()
			e.Header()["Content-Type"] = nil
			if mediaType != "" {
				e.Header().Set("Content-Type", mediaType)
			}
			e.WriteHeader(healthy.Code)
			_, _ = e.Write(healthy.Body.Bytes())
		}}
	}
	id := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	return []fault{
		body("empty", unreadable(), constant("")),
		body("HTML that claims to be JSON", unreadable(), constant("<h1>"+canary+"</h1>")),
		body("JSON cut short", unreadable(), func(body string) string { return body[:len(body)/2] }),
		body("JSON with something behind", unreadable(), func(body string) string { return body + canary }),
		body("two JSON documents", unreadable(), func(body string) string { return body + body }),
		body("JSON: null", unreadable(), constant("null")),
		body("JSON: a string", unreadable(), constant(`"`+canary+`"`)),
		body("JSON: a number", unreadable(), constant("1")),
		body("JSON: 100,000 open brackets", unreadable(), constant(strings.Repeat("[", 100_000))),
		body("JSON: 100,000 open brackets in a member", unreadable(), constant(`{"x":`+strings.Repeat("[", 100_000))),
		body("object for a list, list for an object", unreadable(), func(body string) string {
			if strings.HasPrefix(body, "[") {
				return `{"title":"` + canary + `"}`
			}
			return `["` + canary + `"]`
		}),
		body("byte order mark", healthy(), func(body string) string { return "\ufeff" + body }),
		body("UTF-16", unreadable(), func(body string) string { return strings.Join(strings.Split(body, ""), "\x00") }),
		body("unknown members", healthy(), func(body string) string {
			return strings.ReplaceAll(body, `{"`, `{"`+canary+`":{"`+canary+`":["`+canary+`"]},"`)
		}),
		{name: "another object's ID", want: each("UPSTREAM_BAD_RESPONSE", 1, "ok ×1").withList("ok ×1").because("unreadable"), changes: true, answer: func(e *exchange) {
			healthy := e.healthyResponse()
			e.text(healthy.Code, id.ReplaceAllString(healthy.Body.String(), "00000000-0000-4000-8000-000000000bad"))
		}},
		body("9 MB", unreadable().because("too_large"), func(body string) string { return strings.Repeat(" ", 9<<20) + body }),
		{name: "without end", want: unreadable().because("too_large"), answer: func(e *exchange) {
			e.typed("application/json", http.StatusOK, "[")
			spaces := bytes.Repeat([]byte(" "), 64<<10)
			for err := error(nil); err == nil; {
				_, err = e.Write(spaces)
			}
		}},
		body("200,000 elements", unreadable(), constant("["+strings.Repeat("{},", 200_000)+"{}]")),
		typed("HTML", "text/html", unreadable().because("not_json")),
		typed("no media type", "", healthy()),
		typed("JSON as a suffix", "application/vnd.mittwald.v3+json", healthy()),
		typed("malformed media type", "application/json; charset", unreadable().because("not_json")),
		typed("JSON with a charset", "application/json; charset=utf-8", healthy()),
	}
}

// statusFaults are all classes of statuses.
func statusFaults() []fault {
	status := func(code int, want wants) fault {
		return fault{name: strconv.Itoa(code), want: want, answer: func(e *exchange) {
			e.Header().Set("Location", "https://"+canary+".example/")
			e.text(code, `{"type":"`+canary+`","message":"`+canary+`"}`)
		}}
	}
	empty := func(code int, want wants) fault {
		return fault{name: strconv.Itoa(code) + " without a body", want: want, answer: func(e *exchange) { e.WriteHeader(code) }}
	}
	success := func(code int) fault {
		return fault{name: strconv.Itoa(code), want: healthy(), answer: func(e *exchange) { e.text(code, e.healthyResponse().Body.String()) }}
	}
	bad := each("UPSTREAM_BAD_RESPONSE", 1, "UPSTREAM_BAD_RESPONSE/unknown ×1").because("unexpected_status")
	rejected := func(code, userError string) wants {
		return each(code, 1, "userErrors "+userError+" ×1").because("rejected")
	}
	failed := func(reads int) wants {
		return each("UPSTREAM_UNAVAILABLE", reads, "UPSTREAM_UNAVAILABLE/unknown ×1").because("server_error")
	}
	all := []fault{
		informational("100, then the response", healthy(), "100 Continue", 1),
		informational("103, then the response", healthy(), "103 Early Hints", 1),
		informational("5 times 102, then the response", healthy(), "102 Processing", 5),
		informational("10,000 times 103", broken().because("too_large"), "103 Early Hints", 10_000),
		{name: "101", only: http1, want: bad, answer: func(e *exchange) {
			e.rawAndHold("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + canary + "\r\n\r\n" + canary)
		}},
		empty(204, unreadable()), empty(205, unreadable()), success(202), success(203), success(206), success(226),
		status(300, bad), status(301, bad), status(302, bad), status(303, bad), empty(304, bad), status(307, bad), status(308, bad),
		status(400, rejected("UPSTREAM_BAD_RESPONSE", "INVALID").withList("BAD_USER_INPUT ×1")),
		status(403, rejected("FORBIDDEN", "FORBIDDEN")),
		status(404, rejected("NOT_FOUND", "NOT_FOUND").withRead("null ×1")),
		status(409, rejected("CONFLICT", "CONFLICT")),
		status(412, each("UPSTREAM_TIMEOUT", 1, "UPSTREAM_TIMEOUT ×1").because("event_late")),
		status(422, rejected("UPSTREAM_BAD_RESPONSE", "INVALID").withList("BAD_USER_INPUT ×1")),
		{name: "401", spreads: true, want: each("UNAUTHENTICATED", 1, "UNAUTHENTICATED ×1").because("rejected"), answer: func(e *exchange) {
			e.text(http.StatusUnauthorized, canary)
		}},
		{name: "400 of a proxy", want: each("UPSTREAM_BAD_RESPONSE", 1, "UPSTREAM_BAD_RESPONSE ×1").because("rejected"), answer: func(e *exchange) {
			e.typed("text/html", http.StatusBadRequest, "<h1>"+canary+"</h1>")
		}},
	}
	for _, code := range []int{402, 405, 406, 408, 410, 413, 415, 418, 421, 425, 431, 451, 499} {
		all = append(all, status(code, each("UPSTREAM_BAD_RESPONSE", 1, "UPSTREAM_BAD_RESPONSE ×1").because("rejected")))
	}
	for _, code := range []int{500, 501, 505, 507, 511, 520, 599} {
		all = append(all, status(code, failed(1)))
	}
	for _, code := range []int{502, 503, 504} {
		all = append(all, status(code, failed(3)))
	}
	return append(all, status(600, failed(1)), status(999, failed(1)))
}

// informational sends interim responses before the final one.
func informational(name string, want wants, line string, count int) fault {
	return fault{name: name, only: http1, want: want, answer: func(e *exchange) {
		body := e.healthyResponse().Body.String()
		e.raw(strings.Repeat("HTTP/1.1 "+line+"\r\nLink: <"+canary+">\r\n\r\n", count) + lastResponse(body))
	}}
}

// rateFaults are the ways to announce how long to wait.
func rateFaults() []fault {
	limited := func(name, header, value string, want wants) fault {
		return fault{name: "429: " + name, spreads: true, want: want, answer: func(e *exchange) {
			e.Header()[header] = []string{value}
			e.text(http.StatusTooManyRequests, `{"message":"`+canary+`"}`)
		}}
	}
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	once := each("RATE_LIMITED", 1, "RATE_LIMITED ×1").because("rate_limited")
	waited := each("RATE_LIMITED", 3, "RATE_LIMITED ×3").because("rate_limited")
	return []fault{
		limited("no wait", "X-Said", canary, once),
		limited("1 s", "Retry-After", "1", waited),
		limited("reset in 1 s", "X-Ratelimit-Reset", "1", waited),
		limited("reset in 0 s", "X-Ratelimit-Reset", "0", waited),
		limited("30 s", "Retry-After", "30", once),
		limited("reset in 60 s", "X-Ratelimit-Reset", "60", once),
		limited("a date", "Retry-After", at(time.Hour), once),
		limited("a date in the past", "Retry-After", at(-time.Hour), waited),
		limited("a negative number", "Retry-After", "-5", once),
		limited("a fraction", "Retry-After", "1.5", waited),
		limited("an epoch", "X-Ratelimit-Reset", strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10), once),
		limited("30 years", "Retry-After", "999999999", once),
		limited("more than 64 bits", "Retry-After", "99999999999999999999", once),
		limited("a word", "Retry-After", canary, once),
		{name: "503: 1 s", want: broken().because("server_error"), answer: func(e *exchange) {
			e.Header().Set("Retry-After", "1")
			e.text(http.StatusServiceUnavailable, canary)
		}},
	}
}
