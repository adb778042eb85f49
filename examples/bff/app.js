// A page without a token: the browser sends the session's cookie by itself.
const $ = (selector) => document.querySelector(selector);

const inbox = '{ conversations(first: 10) { totalCount nodes { id title } } }';
const ticket = 'query ($id: ID!) { conversation(id: $id) { id title messages(last: 5) { totalCount nodes { ... on TextMessage { id contentText } } } } }';
const answer = 'mutation ($id: ID!, $text: String!) { sendMessage(input: { conversationId: $id, content: $text }) { userErrors { message } } }';

// The event of the last change, which later queries wait for, because mStudio shows changes with a delay.
let event;

async function execute(query, variables) {
  const headers = { 'Content-Type': 'application/json', ...(event && { 'X-If-Event-Reached': event }) };
  const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  if (response.status === 401) {
    showSignIn();
    throw new Error('The session has ended.');
  }
  event = response.headers.get('X-Event-Id') ?? event;
  return (await response.json()).data;
}

function showSignIn(text = '') {
  $('#sign-in').hidden = false;
  $('main').hidden = true;
  $('[role=alert]').textContent = text;
}

const item = (content) => {
  const element = document.createElement('li');
  element.append(content);
  return element;
};

async function showInbox() {
  const { conversations } = await execute(inbox);
  $('#sign-in').hidden = true;
  $('main').hidden = false;
  $('ul').replaceChildren(...conversations.nodes.map(({ id, title }) => {
    const button = document.createElement('button');
    button.textContent = title;
    button.onclick = () => showTicket(id);
    return item(button);
  }));
}

async function showTicket(id) {
  const { conversation } = await execute(ticket, { id });
  $('section').hidden = false;
  $('section').dataset.id = id;
  $('h2').textContent = conversation.title;
  $('ol').replaceChildren(...conversation.messages.nodes.map(({ contentText }) => item(contentText ?? '…')));
}

$('#sign-in').onsubmit = async (submit) => {
  submit.preventDefault();
  const { token } = submit.target.elements;
  const { ok } = await fetch('/session', { method: 'POST', body: token.value });
  token.value = '';
  await (ok ? showInbox() : showSignIn('mStudio does not accept this token.'));
};

$('#sign-out').onclick = async () => {
  await fetch('/session', { method: 'DELETE' });
  showSignIn();
};

$('#answer').onsubmit = async (submit) => {
  submit.preventDefault();
  const { text } = submit.target.elements;
  const { id } = $('section').dataset;
  await execute(answer, { id, text: text.value });
  text.value = '';
  await showTicket(id);
};

await showInbox().catch(() => {});
