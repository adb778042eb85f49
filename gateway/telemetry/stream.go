package telemetry

// Stream is what the access log reports about a stream that has ended.
type Stream struct {
	Transport string // sse, multipart or websocket
	Reason    string // why it has ended
	Events    int    // results that were written
	Bytes     int64
}
