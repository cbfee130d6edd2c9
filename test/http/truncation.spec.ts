import type { ErrorBody } from '../support/embed.js';
import { TestApp } from '../support/test-app.js';

/** Of the fake model, to which a character is a token. */
const MOST_TOKENS = 8;

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
});

afterAll(async () => {
  await app.close();
});

describe('truncate', () => {
  it.each(['new', 'known'])('error refuses a text that is %s to the cache, with its index and its tokens', async (state) => {
    const text = `longer than it reads: ${state}`;
    const tokens = text.length + 2;
    if (state === 'known') await app.embedBatch([text]);
    const message = `has ${tokens} tokens, and at most ${MOST_TOKENS} are allowed (truncate: error)`;

    const batch = { texts: ['fits', text, 'too', text], truncate: 'error' };
    const { status, body } = await app.post<ErrorBody>('/embed/batch', batch);
    expect([status, body.code]).toEqual([400, 'text_too_long']);
    expect(body.details).toEqual([
      { field: 'texts[1]', message },
      { field: 'texts[3]', message },
    ]);

    const alone = await app.post<ErrorBody>('/embed', { text, truncate: 'error' });
    expect([alone.status, alone.body.message]).toEqual([400, `text ${message}`]);
  });

  it('is one of four words', async () => {
    const { status, body } = await app.post<ErrorBody>('/embed', { text: 'a', truncate: 'middle' });
    expect([status, body.details]).toEqual([400, [{ field: 'truncate', message: 'must be one of error, start, end, mean' }]]);
  });
});
