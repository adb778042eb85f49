// mapSome is an asynchronous items.map(work) with limited concurrency, so that neither side runs out of sockets.
export async function mapSome(items, work, atOnce = 8) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i], i);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
