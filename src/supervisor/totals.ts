import type { ProcessLink, ServiceTotal } from '../process-link/index.js';

/** For one process; what it said last counts when it does not answer. */
const TIMEOUT_MS = 2_000;

interface Linked {
  readonly link: ProcessLink;
}

/** Adds up what the processes know of themselves, and what is left of those that are gone: a count never falls. */
export class Totals<T> {
  private readonly last = new Map<Linked, T>();
  /** At most one. */
  private past: Promise<readonly T[]> = Promise.resolve([]);

  constructor(
    private readonly total: ServiceTotal<T>,
    private readonly processes: () => readonly Linked[],
    /** What the supervisor knows itself. */
    private readonly own: () => Promise<readonly T[]> = () => Promise.resolve([]),
  ) {}

  answerTo(link: ProcessLink): void {
    link.answer(this.total.ofService, async () => await this.collect());
  }

  /** Rejects when no process has ever answered. */
  async collect(): Promise<T> {
    await this.refresh();
    const last = [...this.last.values()];
    const { past } = this; // in one step with the line above: a process that goes meanwhile is in one of both
    return await this.total.merge([...(await past), ...last, ...(await this.own())]);
  }

  /** So that not all is lost of a process that goes without a word. */
  async refresh(): Promise<void> {
    await Promise.all(this.processes().map(async (process) => await this.ask(process)));
  }

  /** For a process that is gone. */
  bury(process: Linked): void {
    const last = this.last.get(process);
    if (last === undefined) return;
    this.last.delete(process);
    this.past = this.past.then(async (past) => [await this.total.merge([...past, this.total.remains(last)])]);
  }

  private async ask(process: Linked): Promise<void> {
    try {
      const answer = await process.link.ask(this.total.ofProcess, undefined, TIMEOUT_MS);
      if (!process.link.isClosed) this.last.set(process, answer);
    } catch {
      // it hangs or is gone: what it said last is kept
    }
  }
}
