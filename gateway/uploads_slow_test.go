package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/uploads"
)

// The idle timeout does not pass while mStudio is the slow side, and the server's write timeout not before the response, not even
// over HTTP/2, where a deadline that has passed ends the stream for good.
func TestUploadToSlowUpstream(t *testing.T) {
	t.Parallel()
	for _, isHTTP2 := range []bool{false, true} {
		server, upstream := start(t, gateway.Config{Uploads: uploads.Limits{Idle: time.Second}})
		upstream.Intercept(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/"+shortID+"/files") {
					<-time.After(1500 * time.Millisecond)
				}
				next.ServeHTTP(w, r)
			})
		})
		long := strings.Repeat("x", 1<<20)
		request := server.NewUpload(t, gatewaytest.Token(), sendFiles, withFiles(2), textFile(0, "a.txt", long), textFile(1, "b.txt", long))
		secure := httptest.NewUnstartedServer(server.Gateway)
		secure.EnableHTTP2, secure.Config.WriteTimeout = isHTTP2, 2*time.Second
		secure.StartTLS()
		t.Cleanup(secure.Close)
		request.URL, _ = request.URL.Parse(secure.URL + "/graphql")
		response, err := secure.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if got := sentOf(t, gatewaytest.Response{Body: body}); err != nil || got.MessageID == nil || response.ProtoMajor == 2 != isHTTP2 {
			t.Errorf("%s: %s, %v", response.Proto, body, err)
		}
	}
}
