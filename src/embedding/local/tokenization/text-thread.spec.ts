import { join } from 'node:path';
import { compilePrograms } from '../../../../test/support/compile-programs.js';
import { TextThread } from './text-thread.js';

const END = { fit: 'end', prompt: '' } as const;

const SOURCES = join(__dirname, '../../..');
const programs = compilePrograms(__dirname, [join(SOURCES, 'link'), join(SOURCES, 'chunks'), join(SOURCES, 'errors')]);

describe('TextThread', () => {
  let thread: TextThread<readonly number[]>;

  beforeEach(async () => {
    thread = await TextThread.start(new URL('text-program.fake.js', programs), {});
  });

  afterEach(async () => {
    await thread.close();
  });

  it('gives each caller the results of its own texts, in their order', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => ['x'.repeat(index), 'yy']);
    const results = await Promise.all(texts.map((both) => thread.work(both, END)));
    expect(results).toEqual(texts.map(([first]) => [first?.length, 2]));
  });

  it('rejects the texts of the caller whose text fails, and no others', async () => {
    const failing = thread.work(['a', 'fail'], END);
    const others = thread.work(['abc'], END);
    await expect(failing).rejects.toThrow('this text cannot be read');
    expect(await others).toEqual([3]);
  });

  it('cuts a document while it works on the texts of other callers', async () => {
    const document = { title: '', text: 'word '.repeat(100_000), prompt: 'p: ', tokens: 13, overlap: 0 };
    const order: string[] = [];
    const cutting = thread.cut(document).then((chunks) => {
      order.push('chunks');
      return chunks;
    });
    await thread.work(['abc'], END).then(() => order.push('text'));
    expect((await cutting).length / 4).toBe(50_000);
    expect(order).toEqual(['text', 'chunks']);
  });

  it('rejects a document that cannot be cut as asked, with the field that is at fault', async () => {
    const document = { title: 'long title', text: 'word', prompt: 'prompt: ', tokens: 13, overlap: 0 };
    await expect(thread.cut(document)).rejects.toMatchObject({ code: 'invalid_request', faults: [{ field: 'title' }] });
    await expect(thread.cut({ ...document, tokens: 8 })).rejects.toMatchObject({ faults: [{ field: 'chunk.tokens' }] });
  });

  it('rejects the texts of a thread that died, and continues with another thread', async () => {
    const lost = [thread.work(['die'], END), thread.work(['abc'], END)];
    for (const work of lost) await expect(work).rejects.toThrow('the thread that works on texts ended with code 7');
    expect(await thread.work(['abcd'], END)).toEqual([4]);
  });

  it('rejects waiting texts when it is closed, and all later ones', async () => {
    const waiting = thread.work(['abc'], END);
    const closing = thread.close();
    await expect(waiting).rejects.toThrow('the thread is closed');
    await closing;
    await expect(thread.work(['abc'], END)).rejects.toThrow('the thread is closed');
  });

  it('reports why its program cannot start', async () => {
    const missing = new URL('no-such-program.js', programs);
    await expect(TextThread.start(missing, {})).rejects.toThrow('Cannot find module');
  });
});
