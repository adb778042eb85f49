package faults_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// half is the beginning of a document.
const half = `{"title":"` + canary + `","conversationId":"`

// cutFaults break off at each stage of a response.
func cutFaults() []fault {
	cut := func(name, text string, want wants) []fault {
		return []fault{
			{name: "closed " + name, only: http1, answer: func(e *exchange) { e.raw(text) }, want: want},
			{name: "reset " + name, only: http1, answer: func(e *exchange) {
				e.takeOver(func(c net.Conn) {
					_, _ = io.WriteString(c, text)
					reset(c)
				})
			}, want: want},
		}
	}
	var all []fault
	all = append(all, cut("before the status line", "", broken())...)
	all = append(all, cut("in the status line", "HTTP/1.1 20", broken().because("protocol"))...)
	all = append(all, cut("in the headers", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Said: "+canary, broken())...)
	all = append(all, cut("after the headers", response(100, ""), cutShort())...)
	all = append(all, cut("in the body", response(1000, half), cutShort())...)
	all = append(all, cut("in a chunk", chunked("100\r\n"+half), cutShort())...)
	return append(all, cut("before the last chunk", chunked(strconv.FormatInt(int64(len(half)), 16)+"\r\n"+half+"\r\n"), cutShort())...)
}

// framingFaults are responses whose bounds are wrong.
func framingFaults() []fault {
	send := func(name string, want wants, text func(body string) string) fault {
		return fault{name: name, only: http1, want: want, answer: func(e *exchange) {
			e.raw(text(e.healthyResponse().Body.String()))
		}}
	}
	spoils := func(f fault) fault {
		f.spoils = true
		return f
	}
	long := func(body string) string { return response(len(body)+10, body) }
	return []fault{
		send("Content-Length too long", cutShort(), long),
		{name: "Content-Length too long, connection stays", only: http1, slow: true, want: silentBody(), answer: func(e *exchange) {
			e.rawAndHold(long(e.healthyResponse().Body.String()))
		}},
		spoils(send("Content-Length too short", unreadable(), func(body string) string { return response(len(body)-10, body) })),
		spoils(send("Content-Length 0", unreadable(), func(body string) string { return response(0, body) })),
		send("Content-Length negative", broken().because("protocol"), func(body string) string { return response(-1, body) }),
		send("Content-Length not a number", broken().because("protocol"), func(body string) string {
			return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + canary + "\r\n\r\n" + body
		}),
		send("Content-Length twice, different", broken().because("protocol"), func(body string) string {
			return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + body
		}),
		send("Transfer-Encoding unknown", broken().because("protocol"), func(body string) string {
			return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: " + canary + "\r\n\r\n" + body
		}),
		send("chunk size not a number", cutShort().because("protocol"), func(string) string { return chunked(canary + "\r\n" + half) }),
		send("chunk longer than its size", cutShort().because("protocol"), func(string) string { return chunked("5\r\n" + half + "\r\n0\r\n\r\n") }),
		send("chunk size huge", cutShort().because("protocol"), func(string) string { return chunked("ffffffffffffffffff\r\n" + half) }),
		send("chunk extension of 100 kB", cutShort().because("protocol"), func(string) string { return chunked("5;" + strings.Repeat("x", 100_000) + "\r\n") }),
		spoils(send("second response behind the first", healthy(), func(body string) string {
			return response(len(body), body) + response(len(half), half)
		})),
		{name: "stray bytes on a kept connection", only: http1, spoils: true, want: healthy(), answer: func(e *exchange) {
			body := e.healthyResponse().Body.String()
			e.rawAndHold(response(len(body), body) + canary)
		}},
	}
}

// headerFaults are responses whose status line or header is wrong.
func headerFaults() []fault {
	send := func(name, reason, head string) fault {
		return fault{name: name, only: http1, want: broken().because(reason), answer: func(e *exchange) {
			body := e.healthyResponse().Body.String()
			e.raw(head + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
		}}
	}
	const ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	return []fault{
		send("not HTTP", "protocol", canary+"\r\n\r\n"),
		send("status line without a status", "protocol", "HTTP/1.1 "+canary+"\r\n"),
		send("status 99999", "protocol", "HTTP/1.1 99999 "+canary+"\r\n"),
		send("version HTTP/9", "protocol", "HTTP/9 200 OK\r\n"),
		send("status line of 100 kB", "too_large", "HTTP/1.1 200 "+strings.Repeat("x", 100_000)+"\r\n"),
		send("header without a colon", "protocol", ok+canary+"\r\n"),
		send("header with a NUL", "protocol", ok+"X-Said: "+canary+"\x00\r\n"),
		send("header of 100 kB", "too_large", ok+"X-Said: "+strings.Repeat(canary, 100_000/len(canary))+"\r\n"),
		send("10,000 headers", "too_large", ok+strings.Repeat("X-Said: "+canary+"\r\n", 10_000)),
		{name: "headers without end", only: http1, want: broken().because("too_large"), answer: func(e *exchange) {
			e.takeOver(func(c net.Conn) {
				_, err := io.WriteString(c, ok)
				for err == nil {
					_, err = io.WriteString(c, strings.Repeat("X-Said: "+canary+"\r\n", 1000))
				}
			})
		}},
	}
}

// encodingFaults are bodies whose compression is wrong.
func encodingFaults() []fault {
	encoded := func(name, encoding string, want wants, encode func(body []byte) []byte) fault {
		return fault{name: name, want: want, answer: func(e *exchange) {
			healthy := e.healthyResponse()
			e.Header().Set("Content-Encoding", encoding)
			e.typed("application/json", healthy.Code, string(encode(healthy.Body.Bytes())))
		}}
	}
	plain := func(body []byte) []byte { return body }
	return []fault{
		encoded("gzip that is not gzip", "gzip", cutShort().because("unreadable"), plain),
		encoded("gzip cut short", "gzip", cutShort(), func(body []byte) []byte { z := zip(body); return z[:len(z)/2] }),
		encoded("gzip without its checksum", "gzip", cutShort(), func(body []byte) []byte { z := zip(body); return z[:len(z)-8] }),
		encoded("gzip with a wrong checksum", "gzip", cutShort().because("unreadable"), func(body []byte) []byte {
			z := zip(body)
			z[len(z)-8] ^= 0xff
			return z
		}),
		encoded("gzip twice", "gzip", unreadable(), func(body []byte) []byte { return zip(zip(body)) }),
		encoded("gzip of 32 MB of spaces", "gzip", unreadable().because("too_large"), func([]byte) []byte { return bomb() }),
		encoded("gzip that is announced twice", "gzip, gzip", unreadable(), func(body []byte) []byte { return zip(zip(body)) }),
		encoded("brotli", "br", unreadable(), zip),
		encoded("deflate", "deflate", unreadable(), func(body []byte) []byte {
			var out bytes.Buffer
			w, _ := flate.NewWriter(&out, flate.BestSpeed)
			_, _ = w.Write(body)
			_ = w.Close()
			return out.Bytes()
		}),
	}
}

func zip(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

// bomb decompresses to more than the gateway reads.
var bomb = sync.OnceValue(func() []byte { return zip(bytes.Repeat([]byte(" "), 32<<20)) })

// slowFaults last until the timeout.
func slowFaults() []fault {
	return []fault{
		{name: "no response", slow: true, want: silent(), answer: (*exchange).hold},
		{name: "headers byte by byte", only: http1, slow: true, want: silent(), answer: func(e *exchange) {
			e.takeOver(func(c net.Conn) {
				e.upstream.drip(c, "HTTP/1.1 200 OK\r\n"+strings.Repeat("X-Said: "+canary+"\r\n", 100), nil)
			})
		}},
		{name: "headers, then nothing", slow: true, want: silentBody(), answer: func(e *exchange) {
			e.typed("application/json", http.StatusOK, "")
			e.flush()
			e.hold()
		}},
		{name: "half of the body, then nothing", slow: true, want: silentBody(), answer: func(e *exchange) {
			e.typed("application/json", http.StatusOK, half)
			e.flush()
			e.hold()
		}},
		{name: "body byte by byte", slow: true, want: silentBody(), answer: func(e *exchange) {
			e.typed("application/json", http.StatusOK, half)
			e.upstream.drip(e, canary, e.flush)
		}},
		{name: "503 whose body does not end", slow: true, want: broken().because("server_error"), answer: func(e *exchange) {
			e.typed("text/plain", http.StatusServiceUnavailable, canary)
			e.flush()
			e.hold()
		}},
	}
}

func (e *exchange) flush() { _ = http.NewResponseController(e.ResponseWriter).Flush() }
