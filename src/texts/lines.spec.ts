import { linesOf } from './lines.js';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield await Promise.resolve(bytes.subarray(from, from + size));
}

async function read(bytes: Uint8Array | string, { size = 3, longest = 100 } = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(inChunks(Buffer.from(bytes), size), longest)) lines.push(line);
  return lines;
}

describe('linesOf', () => {
  it.each([1, 2, 3, 5, 1000])('gives the same lines for chunks of any size (%i bytes each)', async (size) => {
    expect(await read('one\r\nzwei 😀 ü\n\nlast', { size })).toEqual(['one', 'zwei 😀 ü', '', 'last']);
  });

  it('leaves out a byte order mark and the empty rest after the last line end', async () => {
    expect(await read('\uFEFFone\n')).toEqual(['one']);
    expect(await read('')).toEqual([]);
  });

  it('keeps a carriage return inside a line', async () => {
    expect(await read('a\rb\n')).toEqual(['a\rb']);
  });

  it.each(['ends', 'does not end'])('names the line that is too long, when it %s', async (how) => {
    const reading = read(`ok\n${'x'.repeat(101)}${how === 'ends' ? '\nok' : ''}`);
    await expect(reading).rejects.toMatchObject({ fault: 'too long', line: 2 });
  });

  it.each([1, 2, 3, 4, 5, 1000])('names the line that is not UTF-8, in chunks of %i bytes', async (size) => {
    const [valid, invalid] = [Buffer.from('ü😀\n漢\n'), Buffer.from([0x61, 0xff, 0x0a])];
    const lineOf = async (...parts: readonly Uint8Array[]): Promise<unknown> =>
      await read(Buffer.concat(parts), { size }).catch((error: unknown) => error);
    expect(await lineOf(invalid, valid)).toMatchObject({ fault: 'not UTF-8', line: 1 });
    expect(await lineOf(valid, invalid, valid)).toMatchObject({ fault: 'not UTF-8', line: 3 });
    expect(await lineOf(valid, Buffer.from([0xc3, 0x0a]), valid)).toMatchObject({ fault: 'not UTF-8', line: 3 });
  });

  it('refuses a character that is cut off at the end', async () => {
    await expect(read(Buffer.from([0x61, 0x0a, 0xc3]), { size: 1000 })).rejects.toMatchObject({ fault: 'not UTF-8', line: 2 });
  });
});
