// Census counts by name and prints the counts sorted by name.
export class Census {
  #counts = new Map();

  add(name, n = 1) {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + n);
  }

  get total() {
    return [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
  }

  toString() {
    return [...this.#counts].sort().map(([name, n]) => `  ${String(n).padStart(6)}  ${name}`).join('\n');
  }
}
