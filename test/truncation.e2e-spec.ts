import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyOfBundledModel } from './support/model-folder.js';
import { embed, type EmbedBody, embedBatch } from './support/embed.js';
import { type JsonAnswer, postJson } from './support/post-json.js';
import { type StartedService, startService } from './support/start-service.js';

/** Eight tokens: six words of one token each between the two special ones. */
const MOST_TOKENS = 8;
const LONG = 'one two three four five six seven eight nine ten';
const ITS_END = 'five six seven eight nine ten';
const ITS_START = 'one two three four five six';

let service: StartedService;

beforeAll(async () => {
  service = await startService({ EMBEDDING_MAX_TOKENS: String(MOST_TOKENS), EMBEDDING_WORKERS: '1', RATE_LIMIT_REQUESTS: '0' });
});

async function embedCut(text: string, truncate: string): Promise<JsonAnswer<EmbedBody>> {
  return await postJson<EmbedBody>(`${service.url}/embed`, { text, truncate });
}

describe('truncate', () => {
  it('start keeps the end of the text, end keeps its start, with the special tokens, and both report it', async () => {
    const { embedding: end } = (await embed(service.url, ITS_END)).body;
    const { embedding: start } = (await embed(service.url, ITS_START)).body;
    for (const cached of [false, true]) {
      const cut = { cached, truncated: true, tokens: MOST_TOKENS };
      expect((await embedCut(LONG, 'start')).body).toMatchObject({ ...cut, embedding: end });
      expect((await embedCut(LONG, 'end')).body).toMatchObject({ ...cut, embedding: start });
    }
    expect((await embed(service.url, LONG)).body.embedding).toEqual(start);
  });

  it('error embeds texts that fit', async () => {
    expect((await embedCut(ITS_START, 'error')).body).toMatchObject({ truncated: false, tokens: MOST_TOKENS });
  });
});

describe('truncate: mean', () => {
  /** One token each. */
  const WORDS = 'one two three four five six seven eight nine ten red green blue white black day night sun moon star'.split(' ');
  const TEXT = [...WORDS, ...WORDS].join(' ');
  /** Eighteen tokens: sixteen words between the two special tokens; an eighth of a window is in the one before, too. */
  const WINDOWS = [TEXT.split(' ').slice(0, 16), TEXT.split(' ').slice(14, 30), TEXT.split(' ').slice(28, 40)];

  /** The service at a limit of 18 tokens, with the bundled model and prompts, which scales its vectors itself or not. */
  async function startAt(folder: string): Promise<StartedService> {
    return await startService({
      EMBEDDING_MODEL: folder,
      EMBEDDING_DTYPE: 'q8',
      EMBEDDING_MAX_TOKENS: '18',
      EMBEDDING_WORKERS: '1',
      EMBEDDING_PROMPTS: JSON.stringify({ query: 'red ' }),
      RATE_LIMIT_REQUESTS: '0',
    });
  }

  function unscaledModel(): string {
    const folder = copyOfBundledModel('mean-without-normalize');
    const modules = JSON.parse(readFileSync(join(folder, 'modules.json'), 'utf8')) as readonly object[];
    writeFileSync(join(folder, 'modules.json'), JSON.stringify(modules.slice(0, 2)));
    return folder;
  }

  /** The vectors of these windows as the model gives them, in doubles. */
  async function meanOf(url: string, windows: readonly (readonly string[])[]): Promise<readonly number[]> {
    const inputs = windows.map((window) => window.join(' '));
    const { body } = await postJson<readonly (readonly number[])[]>(url, { inputs, normalize: false });
    const total = windows.reduce((sum, { length }) => sum + length, 0);
    return (body[0] ?? []).map((_, at) =>
      windows.reduce((sum, { length }, index) => sum + ((body[index]?.[at] ?? NaN) * length) / total, 0),
    );
  }

  it.each([
    ['scales its vectors', () => copyOfBundledModel('mean-with-normalize')],
    ['does not', unscaledModel],
  ])('is the mean of the windows, weighted by their words, of a model that %s', async (_, folder) => {
    const { url } = await startAt(folder());
    const mean = await meanOf(url, WINDOWS);
    const length = Math.hypot(...mean);
    const close = (values: readonly number[]): readonly number[] => values.map((value) => expect.closeTo(value, 5) as number);
    for (const cached of [false, true]) {
      const { body } = await postJson<EmbedBody>(`${url}/embed`, { text: TEXT, truncate: 'mean' });
      expect(body).toMatchObject({ cached, truncated: false, tokens: 18 + 18 + 14 });
      expect(body.embedding).toEqual(close(mean.map((value) => value / length)));
      const own = await postJson<readonly (readonly number[])[]>(url, { inputs: TEXT, truncate: 'mean', normalize: false });
      expect(own.body[0]).toEqual(close(mean));
    }
    const short = WORDS.slice(0, 16).join(' ');
    const whole = (await embed(url, short)).body;
    expect((await postJson<EmbedBody>(`${url}/embed`, { text: short, truncate: 'mean' })).body).toEqual({ ...whole, cached: true });
  });

  it('puts the prompt before each window', async () => {
    const { url } = await startAt(copyOfBundledModel('mean-with-prompt'));
    const words = TEXT.split(' ').slice(0, 28);
    const windows = [words.slice(0, 15), words.slice(14, 28)].map((window) => ['red', ...window]);
    const [first = [], second = []] = (
      await embedBatch(
        url,
        windows.map((window) => window.join(' ')),
      )
    ).body.embeddings;
    const mean = first.map((value, at) => value * 15 + (second[at] ?? NaN) * 14);
    const { body } = await postJson<EmbedBody>(`${url}/embed`, { text: words.join(' '), truncate: 'mean', input_type: 'query' });
    expect(body.embedding).toEqual(mean.map((value) => expect.closeTo(value / Math.hypot(...mean), 5) as number));
    expect(body).toMatchObject({ tokens: 18 + 17, truncated: false });
  });

  it('of a text with hundreds of windows delays no other caller until it is done, and is refused past MAX_QUEUED_TEXTS', async () => {
    const { url } = await startService({
      EMBEDDING_MAX_TOKENS: '18',
      EMBEDDING_WORKERS: '1',
      MAX_QUEUED_TEXTS: '400',
      RATE_LIMIT_REQUESTS: '0',
    });
    const long = (windows: number): string => Array.from({ length: windows * 14 }, (_, index) => WORDS[index % WORDS.length]).join(' ');
    let isDone = false;
    const answer = postJson(`${url}/v1/embeddings`, { input: long(300), model: 'all-MiniLM-L6-v2', truncate: 'mean' }).then((done) => {
      isDone = true;
      return done;
    });
    const waits: boolean[] = [];
    for (let asked = 0; asked < 3; asked++) {
      expect((await embed(url, `a text of another caller ${asked}`)).status).toBe(200);
      waits.push(isDone);
    }
    expect(waits[0]).toBe(false);
    expect(await answer).toMatchObject({ status: 200, body: { usage: { prompt_tokens: expect.any(Number) as number } } });
    const tooLong = await postJson(`${url}/v1/embeddings`, { input: long(500), model: 'all-MiniLM-L6-v2', truncate: 'mean' });
    expect(tooLong).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('MAX_QUEUED_TEXTS') as string } } });
  });
});
