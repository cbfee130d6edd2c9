import fc from 'fast-check';
import { parseLargeJson } from './parse-large-json.js';

const parse = (json: string): Promise<unknown> => parseLargeJson(Buffer.from(json));
const refused = (message: string): Error =>
  expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(message) as string }) as Error;

/** Counts how often other work ran meanwhile. */
async function turnsOfOthers(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  const look = (): void => {
    turns++;
    timer = setImmediate(look);
  };
  let timer = setImmediate(look);
  await work.finally(() => clearImmediate(timer));
  return turns;
}

describe('parseLargeJson', () => {
  it('returns the same as JSON.parse', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ stringUnit: 'grapheme' }), async (json) => {
        expect(await parse(json)).toEqual(JSON.parse(json));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps escapes, surrogate pairs and characters that lie on the border of two slices', async () => {
    const value = { texts: [`${'x'.repeat(16_380)}😀é`, '\u0000\b\n\r\t"\\/\ud83d\ude00', 'ü'.repeat(20_000)] };
    expect(await parse(JSON.stringify(value))).toEqual(value);
    expect(await parse('"\\ud83d\\ude00 \\u00e9"')).toBe('😀 é');
  });

  it('keeps a byte order mark at the beginning of a string', async () => {
    const value = ['\ufeffa', `\ufeff${'x'.repeat(20_000)}\ufeff`];
    expect(await parse(JSON.stringify(value))).toEqual(value);
  });

  it('makes a field of __proto__, not a prototype', async () => {
    const value = (await parse('{"__proto__":{"polluted":1}}')) as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it.each(['', '{', '[1,]', '{"a" 1}', '{"a":1}}', 'nul', '"\n"', '01', '[1 2]', '{"a":1,}', '\ufeff{}'])(
    'refuses %j, which is not JSON',
    async (json) => {
      await expect(parse(json)).rejects.toMatchObject({ statusCode: 400 });
    },
  );

  it.each([
    ['fields', `{${Array.from({ length: 1001 }, (_, index) => `"k${index}":1`).join(',')}}`, 'at most 1000 fields'],
    ['arrays', `[${'[],'.repeat(10_000)}[]]`, 'at most 10000 arrays and objects'],
    ['levels', `${'['.repeat(101)}${']'.repeat(101)}`, 'at most 100 levels'],
    ['values', `[${'1,'.repeat(2_000_001)}1]`, 'at most 2000000 values'],
  ])('refuses too many %s', async (_what, json, message) => {
    await expect(parse(json)).rejects.toEqual(refused(message));
  });

  it('lets other work run while it parses several bodies', async () => {
    const body = Buffer.from(JSON.stringify({ input: Array.from({ length: 400_000 }, (_, index) => index) }));
    const parsing = Promise.all(Array.from({ length: 5 }, () => parseLargeJson(body)));
    expect(await turnsOfOthers(parsing)).toBeGreaterThan(50); // half a second of work in turns of 3 ms
  });
});
