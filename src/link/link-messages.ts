import type { CarriedError } from './carried-error.js';

/** Every message that a link sends; a `notice` has no answer. Arrays, because a clone of an object copies its keys each time. */
export type LinkMessage =
  | readonly [kind: 'question', id: number, topic: string, body: unknown]
  | readonly [kind: 'notice', topic: string, body: unknown]
  | readonly [kind: 'answer', id: number, body: unknown]
  | readonly [kind: 'failure', id: number, error: CarriedError];

const KINDS: readonly unknown[] = ['question', 'notice', 'answer', 'failure'];

/** A process may get messages of other packages over the same connection. */
export function isLinkMessage(message: unknown): message is LinkMessage {
  return Array.isArray(message) && KINDS.includes(message[0]);
}
