/** Padded tokens of a run that are tried. More only adds padding and cache misses (models/README.md). */
const GROUP_BUDGETS = [64, 128, 256] as const;

const PROBE_TEXT_TOKENS = 32;
const TRIES = 3;
/** A larger group must be this much cheaper for each token, because callers wait longer for it. */
const WORTH_IT = 0.97;
/** A model that takes longer for the smallest group is not measured: its start would take seconds more. */
const SLOW_MS = 150;

interface Probe {
  readonly budget: number;
  readonly texts: readonly Int32Array[];
  leastMs: number;
}

/**
 * Measures how many padded tokens a run of this model should hold on this processor: the smallest budget with the highest
 * number of tokens a second. It takes about a tenth of a second. The shortest of several tries counts, because other load
 * can only add time.
 */
export async function measureGroupBudget(
  run: (texts: readonly Int32Array[]) => Promise<unknown>,
  now: () => number = () => performance.now(),
): Promise<number> {
  const probes: readonly Probe[] = GROUP_BUDGETS.map((budget) => ({
    budget,
    texts: Array.from({ length: budget / PROBE_TEXT_TOKENS }, probeText),
    leastMs: Infinity,
  }));
  for (let round = 0; round < TRIES; round++) {
    for (const probe of probes) {
      const startedAt = now();
      await run(probe.texts);
      probe.leastMs = Math.min(probe.leastMs, now() - startedAt);
      if (probe.leastMs > SLOW_MS && probe === probes[0]) return probe.budget;
    }
  }
  return cheapest(probes);
}

function cheapest(probes: readonly Probe[]): number {
  let best = 0;
  let leastMsPerToken = Infinity;
  for (const { budget, leastMs } of probes) {
    if (leastMs / budget > leastMsPerToken * WORTH_IT) continue;
    best = budget;
    leastMsPerToken = leastMs / budget;
  }
  return best;
}

/** Token ids that every vocabulary has. */
function probeText(): Int32Array {
  return Int32Array.from({ length: PROBE_TEXT_TOKENS }, (_, index) => 101 + index);
}
