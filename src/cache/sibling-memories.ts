import { ServiceError } from '../errors/index.js';
import type { ProcessLink, Topic } from '../process-link/index.js';

/** Keys; the answer names those that were there. */
const FORGET: Topic<readonly string[], readonly string[]> = { name: 'forget' };
/** The answer is how many entries there were. */
const FORGET_ALL: Topic<void, number> = { name: 'forget-all' };
const TIMEOUT_MS = 4_000;

/** What is told to forget. */
export interface ForgetfulMemory {
  /** Those of the keys that were there. */
  forget(keys: readonly string[]): readonly string[];
  forgetAll(): number;
}

/** The memories of the processes that serve beside this one, without its own. */
export class SiblingMemories {
  constructor(private readonly supervisor: ProcessLink) {}

  /** Has this process's own memory forget what the others say. */
  join(memory: ForgetfulMemory): void {
    this.supervisor.answer(FORGET, (keys) => memory.forget(keys));
    this.supervisor.answer(FORGET_ALL, () => memory.forgetAll());
  }

  /** Resolves when all have forgotten, to the keys that were there. */
  async forget(keys: readonly string[]): Promise<readonly string[]> {
    return await orUnavailable(this.supervisor.ask(FORGET, keys, TIMEOUT_MS));
  }

  async forgetAll(): Promise<number> {
    return await orUnavailable(this.supervisor.ask(FORGET_ALL, undefined, TIMEOUT_MS));
  }
}

/** The supervisor's end: passes on what one process says to the others. */
export function passOnForgetting(from: ProcessLink, others: () => readonly ProcessLink[]): void {
  from.answer(FORGET, async (keys) => (await askEach(others(), FORGET, keys)).flat());
  from.answer(FORGET_ALL, async () => (await askEach(others(), FORGET_ALL, undefined)).reduce((sum, count) => sum + count, 0));
}

/** Half as long as the one who asks waits, so that it hears why. A process that is gone has forgotten. */
async function askEach<Q, A>(links: readonly ProcessLink[], topic: Topic<Q, A>, question: Q): Promise<readonly A[]> {
  const answers = links.map(async (link) => {
    try {
      return [await link.ask(topic, question, TIMEOUT_MS / 2)];
    } catch (error) {
      if (link.isClosed) return [];
      throw error;
    }
  });
  return (await Promise.all(answers)).flat();
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new ServiceError('unavailable', 'Not all processes of the service have forgotten; try again.', { cause, retryAfterSeconds: 1 });
  }
}
