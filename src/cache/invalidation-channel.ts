import type { Redis } from 'ioredis';
import { ServiceError } from '../errors/index.js';
import type { InvalidatedKeys, Invalidations } from './invalidations.port.js';

const CHANNEL = 'embedding:invalidate';

/** Tells every process on this Redis which keys its memory must forget. */
export class InvalidationChannel implements Invalidations {
  private listener: ((keys: InvalidatedKeys) => void) | undefined;

  private constructor(
    private readonly publisher: Redis,
    private readonly subscriber: Redis,
  ) {}

  static async open(publisher: Redis, subscriber: Redis): Promise<InvalidationChannel> {
    const channel = new InvalidationChannel(publisher, subscriber);
    subscriber.on('message', (_channel, message) => channel.listener?.(JSON.parse(message) as InvalidatedKeys));
    // What was said while the connection was gone was missed; ioredis subscribes again by itself.
    subscriber.on('ready', () => channel.listener?.('all'));
    const subscribe = async (): Promise<void> => {
      await subscriber.subscribe(CHANNEL);
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
      await this.publisher.publish(CHANNEL, JSON.stringify(keys));
    } catch (cause) {
      const message = 'Redis does not answer, so other processes may not have forgotten; try again.';
      throw new ServiceError('unavailable', message, { cause, retryAfterSeconds: 1 });
    }
  }

  close(): void {
    this.subscriber.disconnect();
  }
}
