import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: `${process.env.EMBEDDING_URL ?? 'http://localhost:8000'}/v1`,
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
});

const { data } = await client.embeddings.create({
  model: 'all-MiniLM-L6-v2',
  input: ['The invoice is overdue.', 'The invoice is overdue.', 'A payment is late.'],
});
const [first, second, third] = data.map(({ embedding }) => embedding);
const dot = (left, right) => left.reduce((sum, value, index) => sum + value * right[index], 0);
console.log(`${first.length} numbers, the same text ${dot(first, second).toFixed(2)}, another ${dot(first, third).toFixed(2)}`);
