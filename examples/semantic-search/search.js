import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { embed } from './embed.js';

const { Index, MetricKind, ScalarKind } = createRequire(import.meta.url)('usearch');

const question = process.argv.slice(2).join(' ');
const { space, dimensions, passages } = JSON.parse(readFileSync('passages.json', 'utf8'));
const index = new Index({ metric: MetricKind.Cos, dimensions, quantization: ScalarKind.F32 });
index.load('passages.usearch');

const { vectors } = await embed([question], space);
const { keys, distances } = index.search(Float32Array.from(vectors[0]), 3, 1);
keys.forEach((key, rank) => {
  const { file, text } = passages[Number(key)];
  console.log(`${(1 - distances[rank]).toFixed(2)} ${file} ${text.replaceAll(/\s+/g, ' ').slice(0, 120)}`);
});
