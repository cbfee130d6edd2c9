import { ServiceError } from '../errors/index.js';
import { faultOf, type RedisClient } from '../redis/index.js';
import type { InvalidatedKeys, Invalidations } from './invalidations.port.js';

const CHANNEL = 'embedding:invalidate';
/** ioredis: the connection of a cluster's client that listens was replaced. */
const CLUSTER_SUBSCRIBER = '+subscriber';

/** Tells every process that uses this Redis which keys its memory must forget. */
export class InvalidationChannel implements Invalidations {
  private listener: ((keys: InvalidatedKeys) => void) | undefined;

  private constructor(
    private readonly publisher: RedisClient,
    private readonly subscriber: RedisClient,
    private readonly name: string,
  ) {}

  static async open(publisher: RedisClient, subscriber: RedisClient, keyPrefix = ''): Promise<InvalidationChannel> {
    const channel = new InvalidationChannel(publisher, subscriber, keyPrefix + CHANNEL);
    subscriber.on('message', (_channel: string, message: string) => channel.listener?.(JSON.parse(message) as InvalidatedKeys));
    // Invalidations were missed while there was no connection; ioredis subscribes again by itself.
    for (const event of ['ready', CLUSTER_SUBSCRIBER]) subscriber.on(event, () => channel.listener?.('all'));
    const subscribe = async (): Promise<void> => {
      await subscriber.subscribe(channel.name);
    };
    if (subscriber.status === 'ready') await subscribe();
    else subscriber.once('ready', () => void subscribe().catch(() => subscriber.disconnect(true)));
    return channel;
  }

  onMessage(listener: (keys: InvalidatedKeys) => void): void {
    this.listener = listener;
  }

  async publish(keys: InvalidatedKeys): Promise<void> {
    try {
      await this.publisher.publish(this.name, JSON.stringify(keys));
    } catch (cause) {
      const message = `Redis ${faultOf(cause)}, so other processes may still have these vectors; try again.`;
      throw new ServiceError('unavailable', message, { cause, retryAfterSeconds: 1 });
    }
  }

  close(): void {
    this.subscriber.disconnect();
  }
}
