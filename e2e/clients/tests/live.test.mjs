// Subscribes with unmodified client libraries, and follows the rule for clients of docs/live.md.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

import { agency } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { startGateway } from '../../lib/program.mjs';
import { startCable } from '../lib/cable.mjs';
import { clients, Follower } from '../lib/live.mjs';

const inbox = `subscription Inbox($filter: ConversationFilter, $after: String) {
  inboxChanged(filter: $filter, after: $after) {
    kind cursor conversationId
    conversation { id status lastText { id contentText(maxLength: 100) } }
  }
}`;

const kinds = ({ results }) => results.map(({ data }) => data?.inboxChanged.kind);
const changes = ({ results }) => results.map(({ data }) => data?.inboxChanged).filter((change) => change?.conversationId);

describe('live updates', () => {
  let gateway;
  let mortal; // ends streams after a second
  let id;
  before(async () => {
    gateway = await startGateway('--sandbox-event-lag=200ms', '--live-interval=1s');
    mortal = await startGateway('--stream-life=1s');
    const { body } = await execute(gateway, agency, '{ conversations(first: 1, filter: { states: [OPEN] }) { nodes { id } } }');
    [{ id }] = body.data.conversations.nodes;
  });
  after(() => Promise.all([gateway?.stop(), mortal?.stop()]));

  const say = async (content) => {
    const { body } = await execute(gateway, agency, 'mutation($id: ID!, $content: String!) { sendMessage(input: { conversationId: $id, content: $content }) { userErrors { code } } }', { id, content });
    assert.deepEqual(body.data.sendMessage.userErrors, []);
  };

  for (const [name, { reconnects, create }] of Object.entries(clients)) {
    describe(name, () => {
      test('gets SYNCED, then each change with its fields, and nothing after the end', async () => {
        const follower = new Follower(create(gateway.url, agency), inbox, { filter: { states: ['OPEN'] } });
        await follower.until(({ results }) => results.length > 0);
        assert.deepEqual(kinds(follower), ['SYNCED'], follower);
        for (const text of [`${name}: eins`, `${name}: zwei`]) {
          await say(text);
          await follower.until((got) => changes(got).some(({ conversation }) => conversation.lastText.contentText === text));
        }
        const [{ conversationId, conversation }] = changes(follower);
        assert.equal(conversationId, id);
        assert.equal(conversation.id, id);
        follower.stop();
        const count = follower.results.length;
        await say(`${name}: drei`);
        await sleep(1500);
        assert.equal(follower.results.length, count);
        assert.deepEqual(follower.results.flatMap(({ errors }) => errors ?? []), []);
      });

      test(`loses nothing if the connection breaks${reconnects ? ', and gets SYNCED again' : ', and continues after the cursor'}`, async () => {
        const cable = await startCable(gateway.url);
        const subscribe = create(cable.url, agency);
        const first = new Follower(subscribe, inbox);
        await first.until(({ results }) => results.length > 0);
        cable.cut();
        const text = `${name}: inzwischen`;
        if (reconnects) { // the library repeats the operation, without a cursor: the client queries the list
          await first.until((got) => kinds(got).filter((kind) => kind === 'SYNCED').length === 2);
          await say(text);
          await first.until((got) => changes(got).some(({ conversation }) => conversation.lastText.contentText === text));
          first.stop();
        } else {
          await first.until(({ ended }) => ended);
          await say(text);
          const [{ data }] = first.results;
          const second = new Follower(subscribe, inbox, { after: data.inboxChanged.cursor });
          await second.until((got) => kinds(got).includes('SYNCED') && changes(got).some(({ conversation }) => conversation.lastText.contentText === text));
          assert.ok(!kinds(second).includes('RESYNC'), second);
          second.stop();
        }
        cable.stop();
      });

      test(`${reconnects ? 'subscribes again' : 'learns'} when the life of its stream is over`, async () => {
        const follower = new Follower(create(mortal.url, agency), inbox);
        await follower.until((got) => (reconnects ? kinds(got).length > 2 : got.ended));
        follower.stop();
        assert.deepEqual(new Set(kinds(follower).filter(Boolean)), new Set(['SYNCED']), follower);
      });

      test('reports a rejected token, and does not try it again', async () => {
        const cable = await startCable(gateway.url);
        const follower = new Follower(create(cable.url, 'nobody'), inbox);
        await follower.until(({ ended }) => ended);
        assert.match(inspect([follower.results, follower.reason], { depth: 8 }), /UNAUTHENTICATED|4401/);
        assert.deepEqual(changes(follower), []);
        await sleep(1000);
        assert.ok(cable.opened <= 1, `${cable.opened} connections`);
        cable.stop();
      });
    });
  }
});
