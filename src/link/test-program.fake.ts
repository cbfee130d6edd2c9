/** For tests: the program at the other end of a link, run as a worker thread or as a forked process. */
import { setTimeout } from 'node:timers/promises';
import { ServiceError } from '../errors/index.js';
import { Link } from './link.js';
import { parentLinkPort } from './link-port.js';
import { CRASH, DOUBLE, DOUBLE_LATER, ECHO, FAIL, REFUSE, SILENCE, STRANGE, TOLD, TWICE_TOLD, VECTOR } from './test-topics.fake.js';

const link = new Link(parentLinkPort());

link.answer(ECHO, (question) => question);
link.answer(DOUBLE, (number) => 2 * number);
link.answer(DOUBLE_LATER, async ({ number, afterMs }) => await setTimeout(afterMs, 2 * number));
link.answer(FAIL, () => {
  throw new Error('too large', { cause: new Error('the cause') });
});
link.answer(REFUSE, async () => {
  await setTimeout(0);
  throw new ServiceError('unavailable', 'Try again.', { retryAfterSeconds: 7, faults: [{ field: 'texts[3]', message: 'is empty' }] });
});
link.answer(SILENCE, () => new Promise<void>(() => undefined));
link.answer(VECTOR, (size) => Float32Array.from({ length: size }, (_, index) => index));
link.answer(STRANGE, () => () => undefined);
link.answer(TWICE_TOLD, async (word) => {
  link.notify(TOLD, `${word} before the answer`);
  return await link.ask(DOUBLE, 21);
});
link.answer(CRASH, () => process.exit(3));
