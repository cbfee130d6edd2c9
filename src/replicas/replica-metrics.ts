import { merged, metricsOfThisProcess, remainsOf, type ProcessMetrics } from '../process/index.js';

export interface MeasuredReplica {
  /** Rejects when the replica does not answer in time, or is gone. */
  metrics(): Promise<ProcessMetrics>;
}

/** Adds up the metrics of the replicas. The last known counts of replicas that have ended are included, so that a counter never falls. */
export class ReplicaMetrics<R extends MeasuredReplica> {
  private readonly last = new Map<R, ProcessMetrics>();
  /** The counters of replicas that are gone. */
  private past: Promise<ProcessMetrics> = Promise.resolve([]);

  constructor(
    private readonly running: () => readonly R[],
    /** The metrics of the primary itself. */
    private readonly own: () => Promise<ProcessMetrics> = metricsOfThisProcess,
  ) {}

  /** The metrics of all replicas and of the primary. */
  async read(): Promise<ProcessMetrics> {
    await this.refresh();
    const last = [...this.last.values()];
    const { past } = this; // in one step with the line above, so that a replica that ends meanwhile is in exactly one of the two
    return await merged([await past, ...last, await this.own()]);
  }

  /** Asks every replica. Never rejects. */
  async refresh(): Promise<void> {
    await Promise.all(this.running().map(async (replica) => await this.ask(replica)));
  }

  /** Called for a replica that is gone. */
  ended(replica: R): void {
    const last = this.last.get(replica);
    if (last === undefined) return;
    this.last.delete(replica);
    this.past = this.past.then(async (past) => await merged([past, remainsOf(last)]));
  }

  private async ask(replica: R): Promise<void> {
    try {
      const metrics = await replica.metrics();
      if (this.running().includes(replica)) this.last.set(replica, metrics);
    } catch {
      // It hangs or is gone: its last answer counts.
    }
  }
}
