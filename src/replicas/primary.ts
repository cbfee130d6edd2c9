import { shareOfSettings, type Settings } from '../config/index.js';
import type { Topic } from '../link/index.js';
import type { PinoLogger } from '../logging/index.js';
import { MetricsHistory } from './metrics-history.js';
import { PrimaryMetrics } from './primary.metrics.js';
import { Replica } from './replica.js';
import { ReplicaMetrics } from './replica-metrics.js';
import { ReplicaPlaces } from './replica-places.js';
import type { ProcessMetrics, SummaryLine } from '../process/index.js';
import { ASK_ALL, HISTORY, METRICS_OF_ALL, SETTINGS, SUMMARY } from './topics.js';

const LOOK_EVERY_MS = 10_000;
/** A replica that does not answer for this long is not busy but stuck. */
const HANGS_AFTER_MS = 30_000;
/** The longest time that one replica may take when another asks all. */
const ANSWER_TIMEOUT_MS = 2_000;
const CONTEXT = 'Replicas';

interface PrimaryOptions {
  readonly settings: Settings;
  readonly logger: PinoLogger;
  /** Is called when no replica serves and none can be started. */
  gaveUp(): void;
}

/**
 * Starts the replicas, which share one port, and replaces those that end. Everything else that replicas share is in Redis
 * (docs/decisions/0020-replicas.md).
 */
export class Primary {
  private readonly places: ReplicaPlaces<Replica>;
  private readonly metrics: ReplicaMetrics<Replica>;
  private readonly ownMetrics: PrimaryMetrics;
  /** Its samples also keep what is known of each replica fresh, so that little is lost of one that is killed. */
  private readonly history: MetricsHistory;
  private looking: NodeJS.Timeout | undefined;

  constructor(private readonly options: PrimaryOptions) {
    this.places = new ReplicaPlaces({
      count: options.settings.server.processes,
      start: (place) => this.startReplica(place),
      observer: { lost: (replica, how, delayMs) => this.lost(replica, how, delayMs), gaveUp: () => options.gaveUp() },
      now: () => performance.now(),
    });
    this.metrics = new ReplicaMetrics(() => this.places.running);
    this.ownMetrics = new PrimaryMetrics(() => this.places.running.length);
    this.history = new MetricsHistory(async () => await this.readMetrics());
  }

  /** Resolves to the port when all replicas listen; undefined = one could not, has printed why, and all are gone. */
  async start(): Promise<number | undefined> {
    const port = await this.places.start();
    if (port === undefined) return undefined;
    this.looking = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.history.start();
    return port;
  }

  /** The summary of one replica; all replicas do the same. */
  async readSummary(): Promise<readonly SummaryLine[]> {
    const [replica] = this.places.serving;
    return (await replica?.link.ask(SUMMARY, undefined, { timeoutMs: ANSWER_TIMEOUT_MS })) ?? [];
  }

  /** Has all replicas finish their requests; kills those that take longer. Resolves when all are gone. */
  async stop(timeoutMs: number): Promise<void> {
    clearInterval(this.looking);
    this.history.stop();
    const late = setTimeout(() => void this.kill(), timeoutMs);
    await this.places.stop('SIGTERM');
    clearTimeout(late);
  }

  async kill(): Promise<void> {
    await this.places.stop('SIGKILL');
  }

  /** The metrics of all replicas together. */
  async readMetrics(): Promise<ProcessMetrics> {
    return await this.metrics.read();
  }

  private startReplica(place: number): Replica {
    const replica = Replica.fork();
    replica.link.answer(SETTINGS, () => shareOfSettings(this.options.settings, place));
    replica.link.answer(METRICS_OF_ALL, async () => await this.readMetrics());
    replica.link.answer(HISTORY, () => this.history.kept());
    replica.link.answer(ASK_ALL, async (name) => await this.askAll({ name }));
    return replica;
  }

  private async askAll(topic: Topic<void, unknown>): Promise<readonly unknown[]> {
    const answers = this.places.serving.map(async ({ link }) => {
      try {
        return [await link.ask(topic, undefined, { timeoutMs: ANSWER_TIMEOUT_MS })];
      } catch (error) {
        if (!link.isOpen) return []; // a replica that ended meanwhile has nothing to add
        throw error;
      }
    });
    return (await Promise.all(answers)).flat();
  }

  private lost(replica: Replica, how: string, delayMs: number): void {
    this.options.logger.warn(`An HTTP process (pid ${replica.pid}) ended with ${how}; another starts in ${delayMs} ms`, CONTEXT);
    this.ownMetrics.restarted();
    this.metrics.ended(replica);
  }

  private look(): void {
    for (const replica of this.places.serving) void this.killIfStuck(replica);
  }

  private async killIfStuck(replica: Replica): Promise<void> {
    try {
      await replica.link.present({ timeoutMs: HANGS_AFTER_MS });
    } catch {
      if (!replica.link.isOpen) return;
      this.options.logger.warn(`An HTTP process (pid ${replica.pid}) does not answer for ${HANGS_AFTER_MS} ms and is killed`, CONTEXT);
      replica.kill('SIGKILL');
    }
  }
}
