/** Medians and rounds: what runs side by side have in common. */

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs every variant once per round, in another order each round, so that what the machine does meanwhile hits all.
 * @param {string[]} names
 * @returns {Promise<Record<string, unknown[]>>} results by name, one for each round
 */
export async function interleaved(names, rounds, once) {
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const turn = round % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      results[name].push(await once(name, round));
    }
  }
  return results;
}
