/** What a test file started and has not ended yet. */
export const leftovers = new Set<{ kill(signal: NodeJS.Signals): void }>();
