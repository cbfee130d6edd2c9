/** Processes that a test file has started and that still run. */
export const leftovers = new Set<{ kill(signal: NodeJS.Signals): void }>();
