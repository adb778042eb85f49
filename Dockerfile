# syntax=docker/dockerfile:1
# The image contains only the gateway: no shell and no package manager. Its user can write no file.
#
#   docker build -t mstudio-graphql .
#   docker run --rm --read-only --cap-drop=ALL --security-opt=no-new-privileges -p 8080:8080 mstudio-graphql
FROM golang:1.26.8-bookworm AS build
WORKDIR /source
# Modules first, because they change less often than the code.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -buildid=" -o /mstudio-graphql .

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /mstudio-graphql /mstudio-graphql
COPY LICENSE THIRD_PARTY_NOTICES /
USER 65532:65532
ENV LISTEN=0.0.0.0:8080 LOG_FORMAT=json
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/mstudio-graphql", "healthcheck"]
ENTRYPOINT ["/mstudio-graphql"]
