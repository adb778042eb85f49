import { agency, bakery, freelancer, nowhere } from './demo.mjs';

// The requests with which the conformance test checks the sandbox.

const sorts = ['createdAt', 'lastMessage.createdAt', 'title', 'shortId', 'conversationId'];
const orders = ['asc', 'desc'];

const paging = [
  '', 'limit=0', 'limit=1', 'limit=1000', 'page=0', 'page=1', 'page=2', 'limit=10&page=3', 'limit=10&skip=20',
  'limit=10&skip=10&page=7', 'limit=10&skip=15', 'limit=100&page=999', 'skip=100000',
];
const filters = [
  'status=open', 'status=closed', 'status=open&status=closed',
  'fullTextSearch=Rechnung', 'fullTextSearch=rechnung+domain',
  'fullTextSearch=%22vielen+dank%22', 'fullTextSearch=%22never+closed', 'fullTextSearch=there-is-no-such-word',
  'fullTextSearch=', 'fullTextSearch=domain&status=closed&sort=title&order=asc&limit=5&page=2',
];
const orderings = [
  ...sorts.map((sort) => `sort=${sort}`),
  ...sorts.flatMap((sort) => orders.map((order) => `sort=${sort}&order=${order}&limit=20`)),
  'order=asc', 'sort=title&sort=createdAt&order=asc&order=desc', 'sort=title&sort=shortId&order=asc',
];

// listings returns paths of the conversation list: every page in two sizes, and combinations of parameters.
export function listings(total) {
  const pages = [7, 100].flatMap((limit) =>
    Array.from({ length: Math.ceil(total / limit) }, (_, i) => `limit=${limit}&page=${i + 1}`));
  return [...pages, ...paging, ...filters, ...orderings].map((query) => `/v2/conversations?${query}`);
}

// below returns the paths that read a conversation.
export const below = (id) => ['', '/messages', '/members'].map((rest) => `/v2/conversations/${id}${rest}`);

// accessTo returns the path that requests access to an attachment.
export const accessTo = (id, file) => `/v2/conversations/${id}/files/${file}/access-token`;

// property maps the lists of customers' objects to the member that contains the ID.
export const property = { customers: 'customerId', projects: 'id', servers: 'id', services: 'id' };

const windows = ['', 'limit=1000', 'limit=0', 'limit=3', 'limit=2&page=2', 'limit=2&skip=2', 'skip=1000'];

// propertyListings returns paths of these lists.
export const propertyListings = () => Object.keys(property).flatMap((list) => windows.map((query) => `/v2/${list}?${query}`));

// possession returns the path that reads an object of these lists by its ID. Services can only be searched.
export const possession = (list, id) => (list === 'services' ? `/v2/services?searchTerm=${id}` : `/v2/${list}/${id}`);

// about returns the path of a referenced object; undefined if the API has no path for its type.
export function about({ domain, aggregate, id }) {
  const routes = {
    'user/user': `/v2/users/${id}`,
    'customer/customer': `/v2/customers/${id}`,
    'project/project': `/v2/projects/${id}`,
    'project/placementgroup': `/v2/servers/${id}`,
    'app/appinstallation': `/v2/app-installations/${id}`,
    'extension/extensionInstance': `/v2/extension-instances/${id}`,
    'container/container': `/v2/services?searchTerm=${id}`,
  };
  return routes[`${domain}/${aggregate}`];
}

// refusals returns requests that must fail, with the expected status. The IDs are grouped by token.
export function refusals({ conversation, customer, user }) {
  const secured = [
    '/v2/conversations', ...below(conversation[bakery]), '/v2/users/self', accessTo(conversation[bakery], nowhere),
    `/v2/customers/${customer[bakery]}/conversation-preferences`, ...Object.keys(property).map((list) => `/v2/${list}`),
    ...kinds.map((kind) => `/v2/${kind}/${nowhere}`),
  ];
  return [
    ...each(401, null, secured),
    ...each(401, 'no-such-token', secured),
    ...each(403, freelancer, [
      ...below(conversation[bakery]), `/v2/users/${user[bakery]}`, `/v2/projects/${nowhere}`,
      `/v2/customers/${customer[bakery]}/conversation-preferences`, `/v2/customers/${customer[bakery]}`,
    ]),
    ...each(404, agency, [
      ...below(nowhere), accessTo(nowhere, nowhere), accessTo(conversation[agency], nowhere), '/v2/conversations/no-uuid/messages', `/v2/users/${nowhere}`, '/v2/users/nobody',
      `/v2/customers/${nowhere}/conversation-preferences`, `/v2/conversation-categories/${nowhere}`,
      ...kinds.map((kind) => `/v2/${kind}/${nowhere}`),
    ]),
    ...each(400, agency, [
      '/v2/conversations/no-uuid', accessTo('no-uuid', nowhere), '/v2/conversations/no-uuid/members', '/v2/conversation-categories/no-uuid',
      '/v2/customers/no-uuid/conversation-preferences', ...mistakes(),
    ]),
  ];
}

const kinds = ['customers', 'servers', 'app-installations', 'extension-instances'];

const each = (status, token, paths) => paths.map((path) => ({ status, token, path }));

function mistakes() {
  const queries = [
    'limit=-1', 'limit=many', 'limit=1&limit=2', 'page=-1', 'page=1.5', 'skip=x', 'skip=-1', 'status=waiting',
    'status=open&status=new', 'sort=priority', 'order=up', 'limit=x&page=y&status=z&sort=a&order=b',
  ];
  return queries.map((query) => `/v2/conversations?${query}`);
}
