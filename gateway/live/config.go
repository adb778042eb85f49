package live

import "time"

// Config limits streams. The tags declare each limit as a flag. A limit below 1 means its default.
type Config struct {
	MaxStreams          int `group:"Live" name:"max-streams" default:"10000" min:"1" env:"MAX_STREAMS" help:"Maximum number of open streams: server-sent events, multipart responses and WebSockets. Further ones are rejected with 503."`
	MaxStreamsPerCaller int `group:"Live" name:"max-streams-per-caller" default:"10" min:"1" env:"MAX_STREAMS_PER_CALLER" help:"Maximum number of open streams of one caller."`
	MaxSocketOperations int `group:"Live" name:"max-socket-operations" default:"32" min:"1" env:"MAX_SOCKET_OPERATIONS" help:"Maximum concurrent operations of one WebSocket. Further ones receive an error."`
	MaxMessageBytes     int `group:"Live" name:"max-message-bytes" default:"65536" min:"1" env:"MAX_MESSAGE_BYTES" help:"Maximum size of a message from a WebSocket client, in bytes. A larger one closes the socket."`

	StreamLife         time.Duration `group:"Live" name:"stream-life" default:"1h" min:"1" env:"STREAM_LIFE" help:"Time until a stream ends, plus or minus 10 percent. The client reconnects, which distributes streams over replicas."`
	StreamPing         time.Duration `group:"Live" name:"stream-ping" default:"15s" min:"1" env:"STREAM_PING" help:"Interval of heartbeats on streams. A client that does not acknowledge them for two intervals loses its stream."`
	StreamInitTimeout  time.Duration `group:"Live" name:"stream-init-timeout" default:"10s" min:"1" env:"STREAM_INIT_TIMEOUT" help:"Timeout for the first message of a WebSocket, connection_init."`
	StreamWriteTimeout time.Duration `group:"Live" name:"stream-write-timeout" default:"10s" min:"1" env:"STREAM_WRITE_TIMEOUT" help:"Time that a client may take to accept an event. Then its connection is closed."`
	// StreamBufferBytes is enforced by the sources of results, because they hold what waits.
	StreamBufferBytes int `group:"Live" name:"stream-buffer-bytes" default:"262144" min:"1" env:"STREAM_BUFFER_BYTES" help:"Maximum size of the events that wait for one subscription's client, in bytes. Beyond it, one RESYNC replaces them."`
}
