import type { LinkChannel, LinkMessage } from './link-channel.port.js';
import { ProcessLink } from './process-link.js';

/** For tests: two ends of one connection, which passes on what a structured clone leaves of it. */
export class FakeConnection {
  /** Messages that were carried. */
  carried = 0;
  /** Whether what is sent gets lost, as when the other process hangs. */
  isCut = false;
  readonly one: ProcessLink;
  readonly other: ProcessLink;
  private readonly listeners = new Map<'one' | 'other', (messages: readonly LinkMessage[]) => void>();

  constructor() {
    this.one = new ProcessLink(this.end('one', 'other'));
    this.other = new ProcessLink(this.end('other', 'one'));
  }

  private end(own: 'one' | 'other', opposite: 'one' | 'other'): LinkChannel {
    return {
      send: (messages) => {
        if (this.isCut) return;
        this.carried++;
        setImmediate(() => this.listeners.get(opposite)?.(structuredClone(messages)));
      },
      listen: (listener) => void this.listeners.set(own, listener),
    };
  }
}
