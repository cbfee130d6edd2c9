import { ServiceError } from '../errors/index.js';
import type { Link, Topic } from '../link/index.js';
import { metricsOfThisProcess, type ProcessMetrics } from '../process/index.js';
import { ASK_ALL, METRICS, METRICS_OF_ALL } from './topics.js';

/** The primary waits for a replica half as long. */
const TIMEOUT_MS = 4_000;

/** The replicas of this service on this machine, as one of them sees them. A process that serves alone is a group of one. */
export class ReplicaGroup {
  private readonly own = new Map<string, () => Promise<unknown>>();

  /** @param primary Undefined = this process serves alone. */
  constructor(private readonly primary?: Link) {
    primary?.answer(METRICS, metricsOfThisProcess);
  }

  /** Sets what this process answers when any replica asks all of them. */
  answer<A>(topic: Topic<void, A>, handler: () => Promise<A>): void {
    this.own.set(topic.name, handler);
    this.primary?.answer(topic, handler);
  }

  /** The answers of all replicas that serve, this one included. Rejects with a ServiceError when one does not answer. */
  async askAll<A>({ name }: Topic<void, A>): Promise<readonly A[]> {
    const answers = this.primary === undefined ? [await this.own.get(name)?.()] : await asked(this.primary, ASK_ALL, name);
    return answers as readonly A[];
  }

  /** The metrics of all replicas together. */
  async readMetrics(): Promise<ProcessMetrics> {
    return this.primary === undefined ? await metricsOfThisProcess() : await asked(this.primary, METRICS_OF_ALL, undefined);
  }
}

async function asked<Q, A>(primary: Link, topic: Topic<Q, A>, question: Q): Promise<A> {
  try {
    return await primary.ask(topic, question, { timeoutMs: TIMEOUT_MS });
  } catch (cause) {
    throw new ServiceError('unavailable', 'The other processes of the service cannot be asked at the moment; try again.', {
      cause,
      retryAfterSeconds: 1,
    });
  }
}
