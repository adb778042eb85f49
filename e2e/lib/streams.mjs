// Reads streams as text, without a client library.

// stream sends an operation and accepts a stream.
export const stream = (url, token, query, accept, { signal, variables } = {}) => fetch(url, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Accept: accept, ...(token && { Authorization: `Bearer ${token}` }) },
  body: JSON.stringify({ query, variables }),
  signal,
});

// blocks yields the parts of a body between separators, each as soon as the separator after it has arrived, and the rest.
export async function* blocks(body, separator) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split(separator);
    text = parts.pop();
    yield* parts;
  }
  yield text;
}

// events yields the events of a stream, without comments.
export async function* events({ body }) {
  for await (const block of blocks(body, '\n\n')) {
    const fields = block.split('\n').filter((line) => line && !line.startsWith(':')).map((line) => /^(\w+): ?(.*)$/.exec(line).slice(1));
    if (fields.length > 0) {
      yield Object.fromEntries(fields);
    }
  }
}

// take returns the first items, and ends the stream.
export async function take(iterable, count) {
  const taken = [];
  for await (const item of iterable) {
    taken.push(item);
    if (taken.length === count) {
      break;
    }
  }
  return taken;
}
