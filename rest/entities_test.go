package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

const entityID = "dddddddd-0000-4000-8000-000000000001"

// entityCase is a type of entity with a document that has all decoded members. Members that must not be decoded hold a
// canary.
type entityCase struct {
	body string
	want Entity
	get  func(context.Context, *Client, string) (Entity, error)
	path string
	list func(context.Context, *Client) (*EntityList[Entity], error) // nil if there is none
}

func entityCases() map[string]entityCase {
	all := installedCases()
	maps.Copy(all, map[string]entityCase{
		"user": {
			body: `{"userId":"` + entityID + `","person":{"firstName":"Anna","lastName":"Acker","title":"canary"},"avatarRef":"a-1","isEmployee":false,
				"email":"canary@example.org","phoneNumber":"canary","mfa":{"active":true},"passwordUpdatedAt":"canary",
				"customerMemberships":{"canary":{}},"projectMemberships":{"canary":{}},"employeeInformation":{"department":"canary"}}`,
			want: &User{Ref: complete(entityID), Name: new("Anna Acker"), IsEmployee: new(false), AvatarURL: avatar("a-1")},
			get:  func(ctx context.Context, c *Client, id string) (Entity, error) { return c.User(ctx, id) },
			path: "/v2/users/" + entityID,
		},
		"customer": {
			body: `{"customerId":"` + entityID + `","customerNumber":"4711","name":"Acker GmbH","creationDate":"2024-03-05T08:30:00.125Z",
				"avatarRefId":"a-2","memberCount":3,"projectCount":2147483648,"vatId":"canary","owner":{"emailAddress":"canary"},"isBanned":true,
				"isInDefaultOfPayment":true,"levelOfUndeliverableDunningNotice":"canary","flags":["canary"],"executingUserRoles":["canary"]}`,
			want: &Customer{
				Ref: complete(entityID), Name: new("Acker GmbH"), CustomerNumber: new("4711"), AvatarURL: avatar("a-2"),
				CreatedAt: new(at("2024-03-05T08:30:00.125Z")), MemberCount: new(3),
			},
			get:  func(ctx context.Context, c *Client, id string) (Entity, error) { return c.Customer(ctx, id) },
			path: "/v2/customers/" + entityID,
			list: listed((*Client).Customers),
		},
		"project": {
			body: `{"id":"` + entityID + `","shortId":"p-4e7tz3","description":"Shop","enabled":true,"status":"migratingVolume",
				"createdAt":"2024-03-05T08:30:00.125Z","imageRefId":"a-3","customerId":"c-1","serverId":"s-1",
				"directories":{"Home":"canary"},"clusterDomain":"canary","clusterId":"canary","statisticsBaseDomain":"canary","disableReason":"canary"}`,
			want: &Project{
				Ref: complete(entityID), ShortID: new("p-4e7tz3"), Description: new("Shop"), IsEnabled: new(true), Status: "migratingVolume",
				CreatedAt: new(at("2024-03-05T08:30:00.125Z")), AvatarURL: avatar("a-3"), CustomerID: "c-1", ServerID: "s-1",
			},
			get:  func(ctx context.Context, c *Client, id string) (Entity, error) { return c.Project(ctx, id) },
			path: "/v2/projects/" + entityID,
			list: listed((*Client).Projects),
		},
		"server": {
			body: `{"id":"` + entityID + `","shortId":"s-4e7tz3","description":"Big","status":"suspended","createdAt":"2024-03-05T08:30:00.125Z",
				"imageRefId":"a-4","storage":"50Gi","machineType":{"name":"shared.large","cpu":"2","memory":"4Gi","more":"canary"},"customerId":"c-1",
				"clusterName":"canary","groupId":"canary","statisticsBaseDomain":"canary"}`,
			want: &PlacementGroup{
				Ref: complete(entityID), ShortID: new("s-4e7tz3"), Description: new("Big"), Status: "suspended",
				CreatedAt: new(at("2024-03-05T08:30:00.125Z")), AvatarURL: avatar("a-4"), Storage: new("50Gi"),
				MachineType: &MachineType{Name: new("shared.large"), CPU: new("2"), Memory: new("4Gi")}, CustomerID: "c-1",
			},
			get:  func(ctx context.Context, c *Client, id string) (Entity, error) { return c.Server(ctx, id) },
			path: "/v2/servers/" + entityID,
			list: listed((*Client).Servers),
		},
	})
	return all
}

// installedCases returns the cases of objects in a project.
func installedCases() map[string]entityCase {
	return map[string]entityCase{
		"app installation": {
			body: `{"id":"` + entityID + `","shortId":"a-4e7tz3","appName":"WordPress","description":"Blog","hostname":"blog.example",
				"appExternalVersion":"6.4.2","appVersion":{"current":"v-1","desired":"v-2","lastChangeBy":"canary"},"updateAvailable":true,"disabled":false,
				"phase":"upgrading","createdAt":"2024-03-05T08:30:00.125Z","projectId":"p-1","userInputs":[{"name":"canary","value":"canary"}],
				"lastError":"canary","installationPath":"canary","lockedBy":{"canary":"copy"},"linkedDatabases":["canary"]}`,
			want: &AppInstallation{
				Ref: complete(entityID), ShortID: new("a-4e7tz3"), AppName: new("WordPress"), Description: new("Blog"), Hostname: new("blog.example"),
				Version: new("6.4.2"), AppVersionIDs: AppVersionIDs{CurrentVersionID: new("v-1"), DesiredVersionID: new("v-2")}, IsUpdateAvailable: new(true), IsDisabled: new(false),
				Phase: "upgrading", CreatedAt: new(at("2024-03-05T08:30:00.125Z")), ProjectID: "p-1",
			},
			get:  func(ctx context.Context, c *Client, id string) (Entity, error) { return c.AppInstallation(ctx, id) },
			path: "/v2/app-installations/" + entityID,
			list: listed((*Client).AppInstallations),
		},
		"extension instance": {
			body: `{"id":"` + entityID + `","extensionName":"Export","contributorName":"Werkstatt","disabled":true,"createdAt":"2024-03-05T08:30:00.125Z",
				"aggregateReference":{"id":"p-1","domain":"project","aggregate":"project"},"consentedScopes":["canary"],"variantKey":"canary",
				"frontendFragments":{"canary":{}}}`,
			want: &ExtensionInstance{
				Ref: complete(entityID), ExtensionName: new("Export"), ContributorName: new("Werkstatt"), IsDisabled: new(true),
				CreatedAt: new(at("2024-03-05T08:30:00.125Z")), InstalledIn: &Project{Ref: Ref{ID: "p-1"}},
			},
			get:  func(ctx context.Context, c *Client, id string) (Entity, error) { return c.ExtensionInstance(ctx, id) },
			path: "/v2/extension-instances/" + entityID,
			list: listed((*Client).ExtensionInstances),
		},
		"service": {
			body: `{"id":"` + entityID + `","shortId":"c-4e7tz3","serviceName":"redis","description":"Cache","status":"running",
				"statusSetAt":"2024-03-05T08:30:00.125Z","projectId":"p-1","message":"canary","stackId":"canary",
				"pendingState":{"image":"canary","envs":{"canary":"canary"}},"deployedState":{"image":"canary","envs":{"canary":"canary"}}}`,
			want: &Container{
				Ref: complete(entityID), ShortID: new("c-4e7tz3"), ServiceName: new("redis"), Description: new("Cache"), Status: "running",
				StatusSetAt: new(at("2024-03-05T08:30:00.125Z")), ProjectID: "p-1",
			},
			list: listed((*Client).Services),
		},
	}
}

func listed[T Entity](fetch func(*Client, context.Context) (*EntityList[T], error)) func(context.Context, *Client) (*EntityList[Entity], error) {
	return func(ctx context.Context, c *Client) (*EntityList[Entity], error) {
		list, err := fetch(c, ctx)
		if err != nil {
			return nil, err
		}
		entities := &EntityList[Entity]{Unreadable: list.Unreadable}
		for _, row := range list.Rows {
			entities.Rows = append(entities.Rows, row)
		}
		return entities, nil
	}
}

// sent returns the response of the API for the object.
func (c entityCase) sent(body string) string {
	if c.get == nil {
		return "[" + body + "]"
	}
	return body
}

// fetch fetches the object by ID, or by a search if the API has no other way.
func (c entityCase) fetch(ctx context.Context, client *Client) (Entity, error) {
	if c.get != nil {
		return c.get(ctx, client, entityID)
	}
	list, err := c.list(ctx, client)
	if err != nil {
		return nil, err
	}
	if len(list.Rows) != 1 {
		return nil, fmt.Errorf("%d rows", len(list.Rows))
	}
	return list.Rows[0], nil
}

func TestEntities(t *testing.T) {
	t.Parallel()
	for name, test := range entityCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newPipeUpstream(t, respond(http.StatusOK, test.sent(test.body))).client(t, Config{})
			got, err := test.fetch(t.Context(), client)
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, "entity", test.want, got)
			shown, err := json.Marshal(got)
			if err != nil || strings.Contains(string(shown), "canary") {
				t.Errorf("%s has members that must not be decoded, %v", shown, err)
			}
		})
	}
}

// A missing member, or one of the wrong kind, is absent. The other members of the object stay.
func TestEntities_WithoutOneMember(t *testing.T) {
	t.Parallel()
	values := []string{removed, `null`, `[]`, `{}`, `[{"a":1}]`, `{"a":[null]}`, `"brandNew"`, `-1`, `1e99`, `true`}
	for name, test := range entityCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var members map[string]json.RawMessage
			parse(t, test.body, &members)
			var sent atomic.Value
			u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) { respond(http.StatusOK, sent.Load().(string))(w, r) })
			client := u.client(t, Config{})
			for member, own := range members {
				for _, value := range values {
					if isID := string(own) == `"`+entityID+`"`; isID && !strings.ContainsAny(value, "[{") && value != removed && value != "null" {
						continue // another object; see TestSingleReads_OfAnotherObject
					}
					sent.Store(test.sent(edit(t, test.body, member, value)))
					got, err := test.fetch(t.Context(), client)
					if err != nil {
						t.Fatalf("%s %s: %v", member, value, err)
					}
					if changed := differences(t, test.want, got); changed > fieldsOf(member) {
						t.Errorf("%s %s: %d fields changed:\n%s", member, value, changed, diff(test.want, got))
					}
				}
			}
		})
	}
}

// fieldsOf returns the number of fields that a member is decoded into.
func fieldsOf(member string) int {
	if member == "appVersion" {
		return 2
	}
	return 1
}

// differences returns the number of fields that differ.
func differences(t *testing.T, a, b Entity) int {
	t.Helper()
	fields := func(of Entity) map[string]json.RawMessage {
		text, err := json.Marshal(of)
		if err != nil {
			t.Fatal(err)
		}
		var members map[string]json.RawMessage
		parse(t, string(text), &members)
		return members
	}
	left, right := fields(a), fields(b)
	count := 0
	for name, value := range left {
		if string(right[name]) != string(value) {
			count++
		}
	}
	return count
}

func TestEntities_WithoutID(t *testing.T) {
	t.Parallel()
	for name, test := range entityCases() {
		if test.get == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, respond(http.StatusOK, `{}`))
			got, err := test.get(t.Context(), u.client(t, Config{}), strings.ToUpper(entityID))
			if err != nil || got.EntityID() != entityID || !got.IsComplete() {
				t.Errorf("got %+v, %v", got, err)
			}
			if path := u.requests()[0].RequestURI; path != test.path {
				t.Errorf("path: want %s, got %s", test.path, path)
			}
		})
	}
}

func TestEntities_WrongKind(t *testing.T) {
	t.Parallel()
	for name, test := range entityCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, body := range []string{`[]`, `null`, `"x"`, `{`} {
				if test.get != nil {
					_, err := test.get(t.Context(), newUpstream(t, respond(http.StatusOK, body)).client(t, Config{}), entityID)
					wantCode(t, err, BadResponse)
				}
				if test.list != nil && body != `[]` {
					_, err := test.list(t.Context(), newUpstream(t, respond(http.StatusOK, body)).client(t, Config{}))
					wantCode(t, err, BadResponse)
				}
			}
		})
	}
}

func TestEntityLists(t *testing.T) {
	t.Parallel()
	for name, test := range entityCases() {
		if test.list == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newPipeUpstream(t, respond(http.StatusOK, fmt.Sprintf(`[null, %s, 12, [], "x"]`, test.body)))
			got, err := test.list(t.Context(), u.client(t, Config{}))
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, "list", &EntityList[Entity]{Rows: []Entity{test.want}, Unreadable: 4}, got)
			if query := u.requests()[0].URL.RawQuery; query != "limit=1000" {
				t.Errorf("query: %s", query)
			}
		})
	}
}

// Unreadable rows count: they do not make a truncated list complete.
func TestEntityList_IsWhole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rows, unreadable int
		want             bool
	}{{0, 0, true}, {999, 0, true}, {0, 999, true}, {1000, 0, false}, {999, 1, false}, {998, 1, true}} {
		list := EntityList[*Project]{Rows: make([]*Project, test.rows), Unreadable: test.unreadable}
		if got := list.IsWhole(); got != test.want {
			t.Errorf("%d rows, %d unreadable: want %t, got %t", test.rows, test.unreadable, test.want, got)
		}
	}
}

// A search also finds services that only mention the ID.
func TestService(t *testing.T) {
	t.Parallel()
	other := `{"id":"` + conversationID + `","description":"` + entityID + `"}`
	for name, test := range map[string]struct {
		body string
		want Code
	}{
		"found":       {`[` + other + `,{"id":"` + strings.ToUpper(entityID) + `"}]`, ""},
		"others only": {`[` + other + `]`, NotFound},
		"none":        {`[]`, NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, respond(http.StatusOK, test.body))
			got, err := u.client(t, Config{}).Service(t.Context(), strings.ToUpper(entityID))
			if test.want != "" {
				wantCode(t, err, test.want)
			} else if err != nil || !strings.EqualFold(got.ID, entityID) {
				t.Errorf("got %+v, %v", got, err)
			}
			wantEqual(t, "path", "/v2/services?limit=20&searchTerm="+entityID, u.requests()[0].RequestURI)
		})
	}
}

func TestBareEntities(t *testing.T) {
	t.Parallel()
	for name, test := range entityCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bare := test.want.Bare(AccessForbidden)
			if !bare.IsComplete() || bare.EntityID() != entityID || bare.Domain() != test.want.Domain() {
				t.Errorf("got %+v", bare)
			}
			if got := differences(t, test.want, bare); got < 3 {
				t.Errorf("%+v is not bare", bare)
			}
		})
	}
}

// FuzzEntities compares the readers with encoding/json: they must accept the same documents, and not panic.
func FuzzEntities(f *testing.F) {
	readers := []func(*decoder) any{
		func(d *decoder) any { return required(d, readProfile(d)) },
		func(d *decoder) any { return required(d, entity[Customer](d)) },
		func(d *decoder) any { return required(d, entity[Project](d)) },
		func(d *decoder) any { return required(d, entity[PlacementGroup](d)) },
		func(d *decoder) any { return required(d, entity[AppInstallation](d)) },
		func(d *decoder) any { return required(d, entity[ExtensionInstance](d)) },
		func(d *decoder) any { return required(d, entity[Container](d)) },
	}
	for _, test := range entityCases() {
		f.Add(test.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, read := range readers {
			_, err := decode([]byte(body), "http://localhost/", read)
			wantSameVerdict(t, body, '{', err)
		}
	})
}
