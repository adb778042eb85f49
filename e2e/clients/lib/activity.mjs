// Other people's work on the list that a client reads: they close, answer and open conversations.
import { pick, random } from '../../lib/corpus.mjs';
import { execute } from '../../lib/graphql.mjs';

const close = `mutation($ids: [ID!]!) { closeConversations(input: { conversationIds: $ids }) { results { userErrors { code } } userErrors { code } } }`;
const answer = `mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "Wir sehen nach." }) { messageId userErrors { code } } }`;
const open = `mutation { createConversation(input: { title: "Noch etwas", message: "Es geht wieder nicht." }) { conversationId userErrors { code } } }`;

// Activity changes a list of conversations at random, in an order that the seed determines.
export class Activity {
  closed = new Set();
  answered = new Set();
  #gateway;
  #token;
  #random;

  constructor(gateway, token, seed) {
    this.#gateway = gateway;
    this.#token = token;
    this.#random = random(seed);
  }

  // work closes two conversations that the client has seen and one that it may not have seen, answers two, and opens one.
  async work(seen, all) {
    const ids = [this.#pick(seen), this.#pick(seen), this.#pick(all)];
    ids.forEach((id) => this.closed.add(id));
    await this.#mutate(close, { ids: [...new Set(ids)] });
    for (const id of [this.#pick(seen), this.#pick(all)]) {
      this.answered.add(id);
      await this.#mutate(answer, { id });
    }
    await this.#mutate(open);
  }

  async #mutate(mutation, variables) {
    const { body } = await execute(this.#gateway, this.#token, mutation, variables);
    if (body.errors || JSON.stringify(body).includes('"code"')) {
      throw new Error(JSON.stringify(body));
    }
  }

  #pick(items) {
    return pick(this.#random, items);
  }
}
