import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { embed } from './embed.js';

const { Index, MetricKind, ScalarKind } = createRequire(import.meta.url)('usearch');

const [folder = '.'] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true }).filter((file) => /\.(?:md|txt)$/.test(file));
const passages = files.flatMap((file) => passagesOf(readFileSync(join(folder, file), 'utf8')).map((text) => ({ file, text })));

const { vectors, space } = await embed(passages.map(({ text }) => text));
const dimensions = vectors[0].length;
const index = new Index({ metric: MetricKind.Cos, dimensions, quantization: ScalarKind.F32 });
vectors.forEach((vector, key) => index.add(BigInt(key), Float32Array.from(vector)));
index.save('passages.usearch');
writeFileSync('passages.json', JSON.stringify({ space, dimensions, passages }));
console.log(`${passages.length} passages of ${files.length} files indexed`);

/** Paragraphs. One that is too short to stand alone is joined with the next. */
function passagesOf(text) {
  const parts = [''];
  for (const paragraph of text.split(/\n\s*\n/).map((part) => part.trim().slice(0, 2000))) {
    if (parts.at(-1).length > 200) parts.push('');
    parts.push(`${parts.pop()}\n${paragraph}`.trim());
  }
  return parts.filter((passage) => passage !== '');
}
