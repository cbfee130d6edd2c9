import { readFileSync } from 'node:fs';

const SERVICE = process.env.EMBEDDING_URL ?? 'http://localhost:8000';
const MOST_TEXTS = 100;

const [file, threshold = '0.8'] = process.argv.slice(2);
const lines = [
  ...new Set(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim()),
  ),
].filter((line) => line !== '');
const vectors = await embed(lines);

const pairs = lines.flatMap((line, index) =>
  lines.slice(index + 1).map((candidate, offset) => ({ line, candidate, cosine: dot(vectors[index], vectors[index + 1 + offset]) })),
);
const same = pairs.filter(({ cosine }) => cosine >= Number(threshold)).sort((left, right) => right.cosine - left.cosine);
for (const { line, candidate, cosine } of same) console.log(`${cosine.toFixed(2)} ${line} | ${candidate}`);

async function embed(texts) {
  const embedded = [];
  for (let start = 0; start < texts.length; start += MOST_TEXTS) {
    const answer = await fetch(`${SERVICE}/embed/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ texts: texts.slice(start, start + MOST_TEXTS) }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${body.statusCode} ${body.message}`);
    embedded.push(...body.embeddings.map((vector) => Float32Array.from(vector)));
  }
  return embedded;
}

/** Vectors have length one: their dot product is their cosine. */
function dot(left, right) {
  return left.reduce((sum, value, index) => sum + value * right[index], 0);
}
