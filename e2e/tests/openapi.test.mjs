// Checks that the validator fails: each of these responses violates one documented property.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Description } from '../lib/openapi.mjs';

const json = (schema) => ({ 'application/json': { schema } });
const ticket = {
  type: 'object',
  required: ['id', 'at', 'state'],
  properties: {
    id: { type: 'string', format: 'uuid', example: 'not checked' },
    at: { type: 'string', format: 'date-time' },
    state: { oneOf: [{ type: 'string', enum: ['open'] }, { $ref: '#/components/schemas/Closed' }] },
  },
};
const document = {
  components: {
    schemas: { Ticket: ticket, Closed: { type: 'string', enum: ['closed'] } },
    responses: { Missing: { content: json({ type: 'object', required: ['message'] }) } },
  },
  paths: {
    '/v2/tickets': {
      get: {
        responses: {
          200: {
            headers: { 'X-Total': { schema: { type: 'integer' } } },
            content: json({ type: 'array', items: { $ref: '#/components/schemas/Ticket' } }),
          },
          default: { $ref: '#/components/responses/Missing' },
        },
      },
    },
    '/v2/tickets/{ticketId}': { get: { responses: { 404: { $ref: '#/components/responses/Missing' } } } },
  },
};

const valid = { id: '5a0f9b5e-3a0e-4b8a-9a55-6a1c6ff7a001', at: '2026-08-21T15:30:00.000Z', state: 'closed' };
const description = new Description(document);

function check({ path = '/v2/tickets?limit=1', status = 200, headers = {}, body = JSON.stringify([valid]) }) {
  const all = new Headers({ 'content-type': 'application/json', 'x-total': '1', ...headers });
  if (headers['x-total'] === null) {
    all.delete('x-total');
  }
  return description.check('GET', path, { status, headers: all, body });
}

const rows = (changes) => ({ body: JSON.stringify([valid, { ...valid, ...changes }]) });

describe('the validator', () => {
  test('accepts what is documented', () => {
    assert.deepEqual(check({}), []);
    assert.deepEqual(check(rows({ state: 'open', more: true })), []);
    assert.deepEqual(check({ status: 500, body: '{"message":""}' }), []);
    assert.deepEqual(check({ path: '/v2/tickets/1', status: 404, body: '{"message":""}' }), []);
  });

  const broken = {
    'an unknown path': { path: '/v2/tickets/1/notes' },
    'an undocumented status': { path: '/v2/tickets/1', status: 200 },
    'an error of another shape': { status: 500, body: '{}' },
    'a referenced response of another shape': { path: '/v2/tickets/1', status: 404, body: '[]' },
    'a missing header': { headers: { 'x-total': null } },
    'an empty header': { headers: { 'x-total': '' } },
    'a header that is not a number': { headers: { 'x-total': 'many' } },
    'a header that is not an integer': { headers: { 'x-total': '1.5' } },
    'another media type': { headers: { 'content-type': 'text/html' } },
    'a body that is not JSON': { body: '[' },
    'a body of another type': { body: 'null' },
    'a missing member': rows({ id: undefined }),
    'null for a member': rows({ id: null }),
    'an ID that is not a UUID': rows({ id: '1' }),
    'a date without a time': rows({ at: '2026-08-21' }),
    'a value outside of all alternatives': rows({ state: 'escalated' }),
  };
  for (const [name, answer] of Object.entries(broken)) {
    test(`rejects ${name}`, () => assert.notDeepEqual(check(answer), []));
  }

  test('rejects a document with an unknown keyword', () => {
    const strange = structuredClone(document);
    strange.components.schemas.Ticket.properties.id.minimumLength = 3;
    const headers = new Headers({ 'content-type': 'application/json', 'x-total': '1' });
    const answer = { status: 200, headers, body: '[]' };
    assert.throws(() => new Description(strange).check('GET', '/v2/tickets', answer), /minimumLength/);
  });
});
