import { embed, type EmbedBody } from './support/embed.js';
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
