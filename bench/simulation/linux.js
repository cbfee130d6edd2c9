/** The weights of niceness 0, and of niceness 5, which the service gives its inference processes (Linux, sched_prio_to_weight). */
export const usualWeight = 1024;
export const inferenceWeight = 335;

/**
 * What the scheduler of Linux does, seen with `perf sched` while the service computed texts on two cores (Linux 6.18, 250
 * ticks a second, no preemption in the kernel):
 *
 * - A thread that wakes goes to the core on which it ran before, even if that core is busy and another is idle; it looks for
 *   an idle core only while the cores are not much used (`coresToSearch`).
 * - It interrupts a thread of a lower priority at once. Threads of one priority wait until the other sleeps or, at a tick, has
 *   had its slice.
 * - A core that becomes idle took a thread that waited at another core in 67 of 407 cases. In the others the thread waited for
 *   a tick. One core was idle while a thread waited at the other 13 to 15 % of the time.
 */
export const linux = {
  tickMs: 4,
  /** Until an idle core runs the thread that it was woken for. */
  wakeMs: 0.04,
  pullShare: 67 / 407,
};

/** The time that a thread has before another one of its priority has its turn, by the number of cores (sysctl_sched_base_slice). */
export function sliceMs(/** @type {number} */ cores) {
  return 0.7 * (1 + Math.floor(Math.log2(Math.min(8, cores))));
}

/**
 * How many cores are searched for an idle one (SIS_UTIL in Linux): none of two if they are used to more than 60 %.
 *
 * @param {number} cores
 * @param {number} used The share of the cores that was busy in the last 32 ms.
 */
export function coresToSearch(cores, used) {
  return Math.floor(cores * (1 - (1.17 * used) ** 2));
}

/** Linux halves the part of the past in what it calls the utilization of a core every 32 ms. */
export const usedDecayMs = 32 / Math.LN2;
