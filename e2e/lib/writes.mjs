import { agency, freelancer, nowhere } from './demo.mjs';

// The changes with which the conformance test checks the sandbox.

const reference = (domain, aggregate) => ({ id: nowhere, domain, aggregate });
const shareable = [
  reference('user', 'user'), reference('customer', 'customer'), reference('project', 'project'),
  reference('project', 'placementgroup'),
];
const relatable = [
  ...shareable, reference('app', 'appinstallation'), reference('extension', 'extensionInstance'),
  reference('container', 'container'),
];

// openings returns bodies that open a conversation.
export const openings = (user, category) => [
  {}, { title: 'Frage' }, { title: 'Frage', messageContent: 'Wer hilft?' }, { mainUserId: user }, { categoryId: category },
  {
    notificationRoles: [
      'customer_owner', 'customer_accountant', 'customer_member', 'project_owner', 'project_emailadmin', 'project_external',
    ],
  },
  ...relatable.map((relatedTo) => ({ relatedTo })),
  ...shareable.map((sharedWith) => ({ sharedWith })),
];

// updates returns bodies that change a conversation.
export const updates = (category) => [
  {}, { title: 'Neu' }, { categoryId: category }, ...relatable.map((relatedTo) => ({ relatedTo })),
];

export const statuses = ['open', 'answered', 'closed', 'closed', 'open'];

export const texts = ['hallo', '👍'.repeat(8000), '<b>&amp;</b>\n"\\'];

// refusedWrites returns writes that must fail, with the expected status. own is a conversation of the agency, and message
// was written by another user.
export function refusedWrites(own, message) {
  const at = (rest) => `/v2/conversations/${own}${rest}`;
  const writes = [
    ['POST', '/v2/conversations', {}], ['PUT', at(''), {}], ['PUT', at('/status'), { status: 'closed' }],
    ['POST', at('/messages'), { messageContent: 'x' }], ['PATCH', at(`/messages/${message}`), { messageContent: 'x' }],
  ];
  return [
    ...writes.map(([method, path, body]) => ({ status: 401, token: null, method, path, body })),
    ...writes.slice(1).map(([method, path, body]) => ({ status: 403, token: freelancer, method, path, body })),
    ...writes.slice(1).map(([method, path, body]) => ({ status: 404, token: agency, method, path: path.replace(own, nowhere), body })),
    ...writes.slice(1).map(([method, path, body]) => ({ status: 400, token: agency, method, path: path.replace(own, 'no-uuid'), body })),
    ...writes.map(([method, path]) => ({ status: 400, token: agency, method, path, body: '{' })),
    { status: 404, token: agency, method: 'PATCH', path: at(`/messages/${nowhere}`), body: { messageContent: 'x' } },
    ...mistakes(at).map((call) => ({ status: 400, token: agency, ...call })),
  ];
}

const mistakes = (at) => [
  { method: 'POST', path: '/v2/conversations', body: { title: 7, mainUserId: 'x', notificationRoles: ['boss'] } },
  { method: 'POST', path: '/v2/conversations', body: { relatedTo: reference('ai', 'assistant') } },
  { method: 'POST', path: '/v2/conversations', body: { sharedWith: reference('app', 'appinstallation') } },
  { method: 'PUT', path: at(''), body: { categoryId: nowhere } },
  { method: 'PUT', path: at('/status'), body: { status: 'waiting' } },
  { method: 'PUT', path: at('/status'), body: {} },
  { method: 'POST', path: at('/messages'), body: {} },
  { method: 'POST', path: at('/messages'), body: { messageContent: 'x'.repeat(8001) } },
  { method: 'POST', path: at('/messages'), body: { fileIds: ['x'] } },
];
