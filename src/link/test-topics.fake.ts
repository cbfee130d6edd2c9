import type { Topic } from './topic.js';

// Topics of the test program.
export const ECHO: Topic<unknown, unknown> = { name: 'echo' };
export const DOUBLE: Topic<number, number> = { name: 'double' };
export const DOUBLE_LATER: Topic<{ readonly number: number; readonly afterMs: number }, number> = { name: 'double-later' };
export const FAIL: Topic<void, void> = { name: 'fail' };
export const REFUSE: Topic<void, void> = { name: 'refuse' };
/** Is never answered. */
export const SILENCE: Topic<void, void> = { name: 'silence' };
/** A vector of this size. */
export const VECTOR: Topic<number, Float32Array> = { name: 'vector' };
/** The answer cannot be cloned. */
export const STRANGE: Topic<void, unknown> = { name: 'strange' };
/** The program notifies with TOLD, asks DOUBLE of 21, and answers with what it got. */
export const TWICE_TOLD: Topic<string, number> = { name: 'twice-told' };
export const TOLD: Topic<string, void> = { name: 'told' };
/** The program ends with exit code 3. */
export const CRASH: Topic<void, void> = { name: 'crash' };
