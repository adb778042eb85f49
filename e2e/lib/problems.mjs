// summary says each kind of problem once: how often it was met, and where first. Otherwise one wrong field in a list
// would be a thousand lines.
export function summary(problems) {
  const kinds = new Map();
  for (const { path, text } of problems) {
    const kind = text.replace(/\/\d+/g, '/*');
    const { count, first } = kinds.get(kind) ?? { count: 0, first: path };
    kinds.set(kind, { count: count + 1, first });
  }
  return [...kinds].map(([kind, { count, first }]) => `${kind}: ${count} times, first in ${first}`);
}
