import { ServiceError } from '../errors/index.js';
import type { ProcessLink } from './process-link.js';
import type { Topic } from './topic.js';

/** Something that each process knows of itself, and that is asked of the service as a whole. */
export interface ServiceTotal<T> {
  /** Asked by the supervisor, answered by each HTTP process. */
  readonly ofProcess: Topic<void, T>;
  /** Asked by an HTTP process, answered by the supervisor. */
  readonly ofService: Topic<void, T>;
  merge(parts: readonly T[]): T | Promise<T>;
  /** What still counts of a process that is gone. */
  remains(part: T): T;
}

/** The supervisor waits for an HTTP process half as long. */
const TIMEOUT_MS = 4_000;

/** Asks the supervisor. */
export async function totalOf<T>({ ofService }: ServiceTotal<T>, supervisor: ProcessLink): Promise<T> {
  try {
    return await supervisor.ask(ofService, undefined, TIMEOUT_MS);
  } catch (cause) {
    throw new ServiceError('unavailable', 'The other processes of the service cannot be asked at the moment; try again.', {
      cause,
      retryAfterSeconds: 1,
    });
  }
}
