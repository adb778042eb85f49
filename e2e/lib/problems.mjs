// summary groups problems by kind, with their number and first path. Without it, one wrong field in a list would produce a
// thousand lines.
export function summary(problems) {
  const kinds = new Map();
  for (const { path, text } of problems) {
    const kind = text.replace(/\/\d+/g, '/*');
    const { count, first } = kinds.get(kind) ?? { count: 0, first: path };
    kinds.set(kind, { count: count + 1, first });
  }
  return [...kinds].map(([kind, { count, first }]) => `${kind}: ${count} times, first in ${first}`);
}
