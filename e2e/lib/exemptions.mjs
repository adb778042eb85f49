import { futureConversation } from './demo.mjs';

// The two places where the sandbox deliberately, or unavoidably, leaves the document.

// The conversation from the future is there to be undocumented: it shows what clients do with news.
const isFuture = (item) => item?.conversationId === futureConversation;

// The document names service requests to be called and requires a meta for each request, but describes only the metas
// of the other kinds. There is no answer that it would accept.
const isCall = (item) => item?.type === 'SERVICE_REQUEST' && item.messageContent === 'call';

// A meta that the document accepts, so that everything else in such a request is checked.
const acceptable = { mailAddressId: futureConversation, rateLimitId: futureConversation };

// exempt returns an answer without what is exempted from the document, and counts what that was. It returns undefined
// if nothing is left.
export function exempt(answer, counts = { future: 0, call: 0 }) {
  const value = parse(answer.body);
  if (isFuture(value)) {
    counts.future++;
    return undefined;
  }
  if (!Array.isArray(value)) {
    return answer;
  }
  const documented = value.filter((item) => !isFuture(item));
  counts.future += value.length - documented.length;
  counts.call += documented.filter(isCall).length;
  const items = documented.map((item) => (isCall(item) ? { ...item, meta: acceptable } : item));
  return { ...answer, body: JSON.stringify(items) };
}

// parse leaves it to the description to complain about what is not JSON.
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
