import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import OpenAI from 'openai';
import { embedBatch } from './support/embed.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

const model = 'all-MiniLM-L6-v2';

let service: StartedService;
let client: OpenAI;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0' });
  client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0 });
});

describe("OpenAI's own client", () => {
  it.each([
    ['100 texts', Array.from({ length: 100 }, (_, index) => `text ${index}`)],
    ['texts of many scripts', ['Hello, world!', 'ärger 漢字 😀', 'a third text']],
  ])('gets the vectors of /embed/batch for %s, by default and as numbers, as texts and as tokens of OpenAI', async (_, texts) => {
    const expected = (await embedBatch(service.url, texts)).body.embeddings.map(vectorBits);
    for (const encoding of [{}, { encoding_format: 'float' as const }]) {
      for (const input of [texts, texts.map((text) => encode(text))]) {
        const { data, usage } = await client.embeddings.create({ model, input, ...encoding });
        expect(data.map(({ embedding }) => vectorBits(embedding))).toEqual(expected);
        expect(usage.total_tokens).toBe(usage.prompt_tokens);
      }
    }
  });

  it('gets 2,048 vectors in one call, in the order of the inputs', async () => {
    const input = Array.from({ length: 2048 }, (_, index) => `number ${index % 1500}`);
    const { data } = await client.embeddings.create({ model, input });
    const bits = data.map(({ embedding }) => vectorBits(embedding));

    expect([bits.length, new Set(bits).size]).toEqual([2048, 1500]);
    expect(bits.slice(1500)).toEqual(bits.slice(0, 548));
    const some = [0, 777, 1499];
    const { embeddings } = (
      await embedBatch(
        service.url,
        some.map((index) => input[index] ?? ''),
      )
    ).body;
    expect(some.map((index) => bits[index])).toEqual(embeddings.map(vectorBits));
  });
});
