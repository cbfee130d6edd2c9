/** Uses the client that openapi-fetch makes of api.d.mts, which openapi-typescript wrote. It is compiled strictly, so a wrong name in the document is an error. */
import { setTimeout } from 'node:timers/promises';
import createClient from 'openapi-fetch';
import type { components, paths } from './api.mjs';

const client = createClient<paths>({ baseUrl: process.env['SERVICE_URL'] ?? '' });

async function embed(text: string): Promise<components['schemas']['EmbedResponse']> {
  const { data, error } = await client.POST('/embed', { body: { text } });
  if (data === undefined) throw new Error(error.message);
  return data;
}

async function submit(texts: string[]): Promise<string> {
  const { data, error, response } = await client.POST('/jobs', { body: { texts } });
  if (data === undefined) throw new Error(error.message);
  if (response.headers.get('location') !== `/jobs/${data.id}`) throw new Error('Location does not name the job');
  return data.id;
}

async function untilEnd(id: string): Promise<components['schemas']['JobAnswer']> {
  const { data, error } = await client.GET('/jobs/{id}', { params: { path: { id } } });
  if (data === undefined) throw new Error(error.message);
  if (data.finished_at !== null) return data;
  await setTimeout(50);
  return await untilEnd(id);
}

async function results(id: string): Promise<components['schemas']['JobResult'][]> {
  const { data, error } = await client.GET('/jobs/{id}/results', { params: { path: { id }, query: { format: 'json' } } });
  if (data === undefined) throw new Error(error.message);
  if (typeof data === 'string') throw new Error('not JSON');
  return data.results;
}

const { embedding, model } = await embed('Hello, world!');
const id = await submit(['Hello, world!', 'Goodbye.']);
const { status, progress } = await untilEnd(id);
const refused = await client.POST('/embed', { body: { text: '' } });
const details = refused.error !== undefined && 'details' in refused.error ? refused.error.details : undefined;
console.log(JSON.stringify({ embedding, model, status, progress, results: await results(id), fault: details?.[0]?.field }));
