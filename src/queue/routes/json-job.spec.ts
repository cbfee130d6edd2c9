import fc from 'fast-check';
import type { JobItem } from '../job.js';
import type { JobDetails } from '../store/job-store.port.js';
import { JsonJob } from './json-job.js';

const LIMITS = {
  maxTextLength: 10,
  maxDocumentLength: 20,
  maxTexts: 5,
  defaultModel: 'model',
  maxTokensOf: () => 8,
  maxBytesPerCaller: 1e9,
  faultOfField: (_field: string, value: string) =>
    ['query', 'https://x.org/é', 'mean', 'int8'].includes(value) ? undefined : 'is not known',
};

interface Read extends JobDetails {
  readonly texts: readonly string[];
}

async function* inChunks(body: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < body.length; from += bytes) {
    await Promise.resolve();
    yield body.subarray(from, from + bytes);
  }
}

async function read(json: string | Buffer, chunkBytes = 65_536, limits = LIMITS): Promise<Read> {
  const job = new JsonJob(inChunks(Buffer.from(json as string), chunkBytes), limits);
  const items: JobItem[] = [];
  for await (const item of job.items()) items.push(item);
  return { texts: items.map(({ text }) => text), ...job.details };
}

describe('JsonJob', () => {
  it('reads the texts and details of a body that is cut at any byte', async () => {
    const texts = ['a "b" \\', 'é😀\n\u0000', '\ufeffü'];
    const body = Buffer.from(JSON.stringify({ texts, input_type: 'query', webhook_url: 'https://x.org/é' }, undefined, 1));
    const escaped = Buffer.from('{"webhook_url":"https:\\/\\/x.org/\\u00e9","input_type":"query", "texts":["\\ud83d\\ude00"]}');
    for (let bytes = 1; bytes <= body.length; bytes++) {
      expect(await read(body, bytes)).toEqual({ texts, inputType: 'query', webhookUrl: 'https://x.org/é' });
      expect(await read(escaped, bytes)).toEqual({ texts: ['😀'], inputType: 'query', webhookUrl: 'https://x.org/é' });
    }
  });

  it('reads the texts that JSON.parse reads', async () => {
    const limits = { ...LIMITS, maxTexts: 1000, maxTextLength: 1000 };
    const texts = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(50), async (given, bytes) => {
        const json = JSON.stringify({ texts: given });
        expect(await read(json, bytes + 1, limits)).toMatchObject({ texts: (JSON.parse(json) as Read).texts });
      }),
      { seed: 20_269, numRuns: 40 },
    );
  });

  it('treats null as no field', async () => {
    const nulls = await read('{"webhook_url":null,"texts":["a"],"input_type":null,"truncate":null,"output_dtype":null}');
    expect(nulls).toEqual({ texts: ['a'] });
  });

  it('reads how texts are cut, and the type of the vectors', async () => {
    const details = await read('{"truncate":"mean","output_dtype":"int8","texts":["a"]}');
    expect(details).toEqual({ texts: ['a'], truncate: 'mean', outputType: 'int8' });
  });

  it.each([
    ['before the texts', '{"chunk":{"tokens":8,"overlap":3},"texts":["a"]}', { tokens: 8, overlap: 3 }],
    ['behind the texts', '{"texts":["a text of 18 chars"],"chunk":{"overlap":null,"tokens":5}}', { tokens: 5, overlap: 0 }],
    ['as null', '{"texts":["a"],"chunk":null}', undefined],
  ])('reads the size of chunks %s', async (_, json, chunk) => {
    for (const bytes of [1, 65_536]) expect((await read(json, bytes)).chunk).toEqual(chunk);
  });

  it('is settled when more texts have come than are kept, and then refuses what decides how they are cut', async () => {
    const many = { ...LIMITS, maxDocumentLength: 600_000 };
    const texts = (length: number): string => `"texts":["${'x'.repeat(600_000)}","${'x'.repeat(length)}"]`;
    const chunk = '"chunk":{"tokens":8}';
    const before = await read(`{${chunk},${texts(400_001)}}`, 65_536, many);
    expect(before.texts).toHaveLength(2);
    expect((await read(`{${texts(400_000)},${chunk}}`, 65_536, many)).chunk).toEqual({ tokens: 8, overlap: 0 });
    await expect(read(`{${texts(400_001)},${chunk}}`, 65_536, many)).rejects.toThrow('texts[0] must have at most 10 characters');
    const behind = { ...many, maxTextLength: 600_000 };
    await expect(read(`{${texts(400_001)},${chunk}}`, 65_536, behind)).rejects.toThrow('chunk must stand before the texts if');
    await expect(read(`{${chunk},${texts(400_001)},"input_type":"query"}`, 65_536, behind)).rejects.toThrow('input_type must stand before');
  });

  it('yields each text as soon as it has arrived', async () => {
    async function* unfinished(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"texts":["first","sec');
      await new Promise(() => undefined);
    }
    const items = new JsonJob(unfinished(), LIMITS).items();
    expect(await items.next()).toEqual({ done: false, value: { text: 'first' } });
  });

  it.each([
    ['a text that is a number', '{"texts":["a",7]}', 'texts[1] must be a string, not a number'],
    ['a text that is null', '{"texts":[null]}', 'texts[0] must be a string, not null'],
    ['a text that is an array', '{"texts":[["a"]]}', 'texts[0] must be a string, not an array'],
    ['a text that is an object', '{"texts":[{"a":1}]}', 'texts[0] must be a string, not an object'],
    ['an empty text', '{"texts":["a","b",""]}', 'texts[2] must not be empty'],
    ['a long text', `{"texts":["${'x'.repeat(11)}"]}`, 'texts[0] must have at most 10 characters (MAX_TEXT_LENGTH), not 11'],
    ['a text without an end', `{"texts":["a","${'x'.repeat(20_000)}`, 'texts[1] is longer than any text may be'],
    ['a number without an end', `{"texts":${'1'.repeat(20_000)}`, 'texts is longer than any text may be'],
    ['no texts', '{}', 'texts is missing'],
    ['an empty list', '{"texts":[]}', 'texts must hold 1 to 5 texts, not 0'],
    ['too many texts', '{"texts":["a","a","a","a","a","a"', 'texts must hold 1 to 5 texts, not more; NDJSON may hold more'],
    ['one text alone', '{"texts":"a"}', 'texts must be an array of strings, not a string'],
    ['an unknown field', '{"texts":["a"],"k0":[[[', 'k0 is not a known field; remove it'],
    ['a field of another route', '{"input":"a"}', expect.stringMatching(/^input is not a known field of this route; POST/) as string],
    ['__proto__', '{"__proto__":{}}', '__proto__ is not a known field; remove it'],
    ['texts twice', '{"texts":["a"],"texts":["b"]}', 'texts must be there once, not twice'],
    ['an unknown input type', '{"input_type":"x","texts":["a"]}', 'input_type is not known'],
    ['an input type that is a number', '{"texts":["a"],"input_type":7}', 'input_type must be a string'],
    [
      'a long document',
      `{"chunk":{"tokens":8},"texts":["${'x'.repeat(21)}"]}`,
      'texts[0] must have at most 20 characters (MAX_DOCUMENT_LENGTH), not 21',
    ],
    ['a chunk that is a number', '{"texts":["a"],"chunk":8}', 'chunk must be an object with tokens and overlap'],
    ['a chunk that is an array', '{"texts":["a"],"chunk":[8]}', 'chunk must be an object with tokens and overlap'],
    [
      'a chunk without tokens',
      '{"texts":["a"],"chunk":{}}',
      'chunk.tokens must be a whole number from 1 to 8, the most that the model reads',
    ],
    [
      'a chunk of half a token',
      '{"chunk":{"tokens":0.5},"texts":["a"]}',
      'chunk.tokens must be a whole number from 1 to 8, the most that the model reads',
    ],
    [
      'a chunk of a word',
      '{"chunk":{"tokens":"8"},"texts":["a"]}',
      'chunk.tokens must be a whole number from 1 to 8, the most that the model reads',
    ],
    [
      'too much overlap',
      '{"texts":["a"],"chunk":{"tokens":8,"overlap":5}}',
      'chunk.overlap must be a whole number from 0 to 4, half of the tokens of a chunk',
    ],
    ['an unknown size', '{"texts":["a"],"chunk":{"size":5}}', expect.stringMatching(/^chunk.size is not known/) as string],
    [
      'a size twice',
      '{"texts":["a"],"chunk":{"tokens":5,"tokens":5}}',
      expect.stringMatching(/^chunk.tokens is not known, or there twice/) as string,
    ],
    ['a size that is an object', '{"texts":["a"],"chunk":{"tokens":{}}}', expect.stringMatching(/^chunk.tokens is not known/) as string],
    ['a webhook that is an object', '{"texts":["a"],"webhook_url":{}}', 'webhook_url must be a string'],
    ['an array', '["a"]', 'body must be a JSON object'],
    ['nothing', '', 'body must be a JSON object'],
  ])('refuses %s', async (_what, json, message) => {
    for (const bytes of [1, 65_536]) {
      await expect(read(json, bytes)).rejects.toMatchObject({ code: 'invalid_request', message });
    }
  });

  it.each([
    '{',
    '{"texts"',
    '{"texts":["a"',
    '{"texts":["a",]}',
    '{"texts":["a"],}',
    '{"texts":["a"]}}',
    '{"texts":["a"]} 1',
    '{"texts" ["a"]}',
    '{"texts":["a" "b"]}',
    '{"texts":[,"a"]}',
    '{"texts":["\n"]}',
    '{"texts":["\\x"]}',
    '{"texts":[nul]}',
    '{texts:["a"]}',
    '{"texts":["a"]',
    '{,"texts":["a"]}',
    '{"texts":["a"}',
    '{"texts":}',
    "{'texts':['a']}",
    '{"texts":["a"],"chunk":{"tokens"}}',
    '{"texts":["a"],"chunk":{"tokens":8,}}',
    '{"texts":["a"],"chunk":{"tokens":8 "overlap":1}}',
    '{"texts":["a"],"chunk":{"tokens":]}',
    '{"texts":["a"],"chunk":{8}}',
    '{"texts":["a"],"chunk":{',
  ])('refuses %j, which is not JSON', async (json) => {
    await expect(read(json)).rejects.toMatchObject({ statusCode: 400, code: 'FST_ERR_CTP_INVALID_JSON_BODY' });
  });

  it.each([
    ['a stray byte', [0xff]],
    ['half a character', [0xc3]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0xaf]],
  ])('refuses %s, which is not UTF-8', async (_what, bytes) => {
    const body = Buffer.concat([Buffer.from('{"texts":["a'), Buffer.from(bytes), Buffer.from('"]}')]);
    await expect(read(body)).rejects.toMatchObject({ code: 'invalid_request', message: 'The body must be UTF-8.' });
  });

  it('lets other work run while it reads', async () => {
    const texts = Array.from({ length: 50_000 }, () => 'x'.repeat(500));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await read(JSON.stringify({ texts }), 1 << 30, { ...LIMITS, maxTexts: 50_000, maxTextLength: 500 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});
