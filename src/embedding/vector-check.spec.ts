import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { CHECK_VARIABLES } from '../config/index.js';
import { fakeEmbedding, FakeEmbeddingProvider } from './embedding-provider.fake.js';
import { compareVectors, type VectorComparison } from './vector-check.js';

function lineOf(text: string): string {
  return JSON.stringify({ text, embedding: [...fakeEmbedding(text).vector] });
}

async function compare(content: string | Buffer, leastCosine = 0.999): Promise<VectorComparison> {
  const path = join(temporaryFolder(), 'vectors.jsonl');
  writeFileSync(path, content);
  return await compareVectors(new FakeEmbeddingProvider(), { path, leastCosine, names: CHECK_VARIABLES });
}

describe('compareVectors', () => {
  it('compares each line, with or without a byte order mark, CRLF and blank lines', async () => {
    const comparison = await compare(`\uFEFF${lineOf('a')}\r\n\r\n${lineOf('b')}\r\n`);
    expect(comparison).toEqual({ vectors: 2, leastCosine: expect.closeTo(1, 6), meanCosine: expect.closeTo(1, 6) });
  });

  it('names the line with the smallest cosine if it is too small', async () => {
    const wrong = JSON.stringify({ text: 'b', embedding: [...fakeEmbedding('c').vector] });
    await expect(compare(`${lineOf('a')}\n\n${wrong}\n`)).rejects.toThrow(/the vector of line 3 has the cosine/);
  });

  it('refuses a line that is not UTF-8 instead of comparing another text', async () => {
    const latin1 = Buffer.from(lineOf('gr\u00fc\u00dfe'), 'latin1');
    await expect(compare(Buffer.concat([Buffer.from(`${lineOf('a')}\n`), latin1]))).rejects.toThrow(/: line 2 is not UTF-8$/);
  });

  it.each([
    ['text\n', /: line 1 is no JSON$/],
    ['{"text":"a"}\n', /: line 1 must have a text and an embedding of numbers$/],
    [`${lineOf('a')}\n{"text":"b","embedding":[1]}\n`, /: line 2 has an embedding of 1 numbers, and fake-model gives 4$/],
    ['\n', /has no lines to compare with$/],
  ])('explains the fault of %j', async (content, fault) => {
    await expect(compare(content)).rejects.toThrow(fault);
  });
});
