package process

import (
	"context"
	"net"
	"time"
)

// settleTime is the time for connections to be accepted, and then for their requests to arrive.
const settleTime = 500 * time.Millisecond

// Listen returns a listener at address. It does not offer Multipath TCP, whose sockets have no filter.
func Listen(ctx context.Context, address string) (*net.TCPListener, error) {
	config := &net.ListenConfig{}
	config.SetMultipathTCP(false)
	listener, err := config.Listen(ctx, "tcp", address)
	tcp, _ := listener.(*net.TCPListener) // documented for tcp
	return tcp, err
}

// stopAccepting closes the listeners without losing a request of a client that finds the port open. [net/http.Server.Shutdown]
// alone would reset connections that are not accepted yet, and drop requests that it has not read yet.
func stopAccepting(endpoints []Endpoint) {
	for _, endpoint := range endpoints {
		ignoreConnections(endpoint.Listener)
	}
	time.Sleep(settleTime)
	for _, endpoint := range endpoints {
		_ = endpoint.Listener.Close()
	}
	time.Sleep(settleTime)
}
