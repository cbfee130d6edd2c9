import type { CarriedError } from './carried-error.js';

/** Every message that a link sends. A `notice` has no answer. */
export type LinkMessage =
  | { readonly link: 'question'; readonly id: number; readonly topic: string; readonly body: unknown }
  | { readonly link: 'notice'; readonly topic: string; readonly body: unknown }
  | { readonly link: 'answer'; readonly id: number; readonly body: unknown }
  | { readonly link: 'failure'; readonly id: number; readonly error: CarriedError };

/** A process may get messages of other packages over the same connection. */
export function isLinkMessage(message: unknown): message is LinkMessage {
  return typeof message === 'object' && message !== null && 'link' in message;
}
