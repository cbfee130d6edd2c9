export type LinkMessage =
  | { readonly kind: 'question'; readonly id: number; readonly topic: string; readonly body: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly body: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string };

/** What carries messages to the process at the other end, in their order. What cannot be carried is lost. */
export interface LinkChannel {
  send(messages: readonly LinkMessage[]): void;
  listen(listener: (messages: readonly LinkMessage[]) => void): void;
}
