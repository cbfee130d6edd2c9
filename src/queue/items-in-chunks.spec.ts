import { FakeEmbeddingProvider } from '../embedding/embedding-provider.fake.js';
import { Prompts } from '../embedding/index.js';
import { itemsInChunks, type UploadItem } from './items-in-chunks.js';
import { NO_TEXT, type JobItem } from './job.js';
import type { JobDetails } from './store/job-store.port.js';

/** A character is a token, and there are two special ones. */
const CHUNK = { tokens: 12, overlap: 0 };
const provider = new FakeEmbeddingProvider({ maxTokens: 100, prompts: new Prompts({ query: 'q: ' }, undefined) });

async function itemsOf(items: readonly UploadItem[], details: JobDetails): Promise<readonly JobItem[]> {
  const stored: JobItem[] = [];
  for await (const item of itemsInChunks({ items, details: () => details, isSettled: () => true }, provider)) stored.push(item);
  return stored;
}

describe('the texts of a job', () => {
  it('are stored as they are, behind their titles', async () => {
    const items = [
      { id: 'a', text: 'one two three' },
      { title: 'T', text: 'b', inputType: 'query' },
      { title: 'T', text: NO_TEXT },
    ];
    expect(await itemsOf(items, {})).toEqual([{ id: 'a', text: 'one two three' }, { text: 'T\nb', inputType: 'query' }, { text: NO_TEXT }]);
  });

  it('are stored in chunks, each with its place, its id and the title of its document', async () => {
    const items = [
      { id: 'a', text: '🙂 one two three' },
      { title: 'Dog', text: 'one two' },
    ];
    expect(await itemsOf(items, { chunk: CHUNK })).toEqual([
      { id: 'a', text: '🙂 one two', place: { document: 0, chunk: 0, start: 0, end: 9 } },
      { id: 'a', text: 'three', place: { document: 0, chunk: 1, start: 10, end: 15 } },
      { text: 'Dog\none', place: { document: 1, chunk: 0, start: 0, end: 3 } },
      { text: 'Dog\ntwo', place: { document: 1, chunk: 1, start: 4, end: 7 } },
    ]);
  });

  it('leave room for the prompt of their input type, or of the job', async () => {
    const textsOf = async (items: readonly UploadItem[], details: JobDetails) => (await itemsOf(items, details)).map(({ text }) => text);
    expect(await textsOf([{ text: 'one two thre' }], { chunk: CHUNK, inputType: 'query' })).toEqual(['one two', 'thre']);
    expect(await textsOf([{ text: 'one two th', inputType: 'query' }, { text: 'one two th' }], { chunk: CHUNK })).toEqual([
      'one two',
      'th',
      'one two th',
    ]);
  });

  it('keep their places if there is nothing to cut', async () => {
    expect(await itemsOf([{ id: 'n', text: NO_TEXT }, { text: ' \n' }, { text: 'a' }], { chunk: CHUNK })).toEqual([
      { id: 'n', text: NO_TEXT, place: { document: 0, chunk: 0, start: 0, end: 0 } },
      { text: NO_TEXT, place: { document: 1, chunk: 0, start: 0, end: 0 } },
      { text: 'a', place: { document: 2, chunk: 0, start: 0, end: 1 } },
    ]);
  });

  it('replace halves of surrogate pairs, as other routes do', async () => {
    expect(await itemsOf([{ text: 'a\ud83d b' }], { chunk: CHUNK })).toMatchObject([{ text: 'a\ufffd b', place: { end: 4 } }]);
  });

  it('are kept until their details are settled', async () => {
    const details: { chunk?: typeof CHUNK } = {};
    let isSettled = false;
    async function* items(): AsyncGenerator<UploadItem> {
      yield { text: 'one two three' };
      Object.assign(details, { chunk: CHUNK });
      isSettled = true;
      yield await Promise.resolve({ text: 'four' });
    }
    const stored: JobItem[] = [];
    const upload = { items: items(), details: () => details, isSettled: () => isSettled };
    for await (const item of itemsInChunks(upload, provider)) stored.push(item);
    expect(stored.map(({ text }) => text)).toEqual(['one two', 'three', 'four']);
  });

  it('are refused with the number of the document whose title leaves no room, and by the name of a size that is too small', async () => {
    const fine = { text: 'a' };
    await expect(itemsOf([fine, { title: 'far too long', text: 'a' }], { chunk: CHUNK })).rejects.toMatchObject({
      faults: [{ field: 'document 1: title', message: 'has 13 tokens, and before chunks of 12 tokens may have 5' }],
    });
    await expect(itemsOf([fine], { chunk: { tokens: 2, overlap: 0 } })).rejects.toMatchObject({ faults: [{ field: 'chunk.tokens' }] });
  });
});
