import type { MessageOrder, MessageRoute } from './job-store.port.js';

/** Counts the messages that are underway while a store chooses more of them. */
export class MessageSlots {
  private readonly underway = new Map<string, number>();
  private left: number;

  constructor(private readonly order: Pick<MessageOrder, 'limit' | 'perAccount' | 'perDestination' | 'underway'>) {
    this.left = order.limit;
    for (const route of order.underway) this.count(route);
  }

  /** The accounts with the fewest messages underway first. */
  sorted(accounts: readonly string[]): readonly string[] {
    return [...accounts].sort((left, right) => this.of(left) - this.of(right));
  }

  /** Whether one more message may be sent this way; it is counted. */
  take(route: MessageRoute): boolean {
    const { perAccount, perDestination } = this.order;
    if (this.left === 0 || this.of(route.account) >= perAccount || this.of(nameOf(route)) >= perDestination) return false;
    this.left--;
    this.count(route);
    return true;
  }

  private of(name: string): number {
    return this.underway.get(name) ?? 0;
  }

  private count(route: MessageRoute): void {
    for (const name of [route.account, nameOf(route)]) this.underway.set(name, this.of(name) + 1);
  }
}

/** No account's name has a space. */
function nameOf({ account, destination }: MessageRoute): string {
  return `${account} ${destination}`;
}
