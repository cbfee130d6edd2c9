import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { compilePrograms } from '../../test/support/compile-programs.js';
import { eventually } from '../../test/support/eventually.js';
import { reportMessages } from './lmdb-messages.js';

const program = new URL('lmdb-messages.js', compilePrograms(__dirname, [join(__dirname, '../lmdb')]));

describe('Messages of LMDB', () => {
  it('of a thread and of the main thread are reported there, not written to the console', async () => {
    const reported: string[] = [];
    reportMessages((message) => reported.push(message));
    const code = `import('${program.href}').then(({ sendMessagesOfThread }) => { sendMessagesOfThread(); console.error('of a thread: %d', 7); })`;
    const thread = new Worker(code, { eval: true });
    await once(thread, 'exit');
    // oxlint-disable-next-line no-console -- as LMDB's binding does
    console.error('of the main thread', new Error('full').message);
    await eventually('two messages', () => reported.length === 2);
    expect(reported.sort((left, right) => left.localeCompare(right))).toEqual(['of a thread: 7', 'of the main thread full']);
  });
});
