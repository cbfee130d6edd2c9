/**
 * The parts of the service that a simulation drives as they are.
 *
 * @typedef {object} Parts
 * @property {typeof import('../../src/embedding/scheduling/text-scheduler.js').TextScheduler} TextScheduler
 * @property {typeof import('../../src/embedding/scheduling/inference-arbiter.js').InferenceArbiter} InferenceArbiter
 * @property {typeof import('../../src/throttler/memory-throttler-storage.js').MemoryThrottlerStorage} MemoryThrottlerStorage
 * @property {typeof import('../../src/cache/memory-byte-cache.js').MemoryByteCache} MemoryByteCache
 * @property {import('../../src/capacity/measured-costs.js').MeasuredCosts} costs
 */

/** Loads them as they were built. @returns {Promise<Parts>} */
export async function builtParts() {
  const [scheduler, arbiter, limiter, cache, costs] = await Promise.all(
    [
      'embedding/scheduling/text-scheduler',
      'embedding/scheduling/inference-arbiter',
      'throttler/memory-throttler-storage',
      'cache/memory-byte-cache',
      'capacity/measured-costs',
    ].map(async (file) => /** @type {object} */ (await import(`../../build/${file}.js`))),
  );
  const { MEASURED_COSTS } = /** @type {typeof import('../../src/capacity/measured-costs.js')} */ (costs);
  return /** @type {Parts} */ ({ ...scheduler, ...arbiter, ...limiter, ...cache, costs: MEASURED_COSTS });
}
