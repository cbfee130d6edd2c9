import { setTimeout as pause } from 'node:timers/promises';
import { shortTexts, TextSource } from './text-source.js';

/** @typedef {{ id: string, status: string, progress: { failed: number } }} Job */

const textCount = 2_000;
const pollEveryMs = 20;
/** After this time without callers, jobs run in larger groups. */
const quietMs = 2_500;
const batch = { texts: 100, atOnce: 4 };

/** Compares a job with the same number of new texts in batches, in turns, while nobody else asks. */
export class JobRounds {
  /** @param {string} url of the service */
  constructor(url) {
    this.url = url;
    this.source = new TextSource(shortTexts);
  }

  /** @param {import('./results.js').Results} results */
  async round(results) {
    const ofBatches = await this.textsPerSecond(() => this.batches());
    await pause(quietMs);
    const ofJob = await this.textsPerSecond(() => this.job());
    results.add(
      { name: `**batches**, ${textCount} texts of ~32 tokens: 100 texts a request, 4 connections`, unit: 'texts' },
      { rate: ofBatches },
    );
    results.add(
      { name: `a job of ${textCount} texts of ~32 tokens`, unit: 'texts', target: '>= 95 %' },
      { rate: ofJob, ratio: ofJob / ofBatches },
    );
  }

  /** @param {() => Promise<void>} run */
  async textsPerSecond(run) {
    const startedAt = performance.now();
    await run();
    return (textCount / (performance.now() - startedAt)) * 1000;
  }

  async batches() {
    let left = textCount / batch.texts;
    const connection = async () => {
      while (left-- > 0) await this.ask('/embed/batch', { texts: this.source.take(batch.texts) });
    };
    await Promise.all(Array.from({ length: batch.atOnce }, connection));
  }

  async job() {
    const { id } = /** @type {Job} */ (await this.ask('/jobs', { texts: this.source.take(textCount) }));
    for (;;) {
      const { status, progress } = /** @type {Job} */ (await this.ask(`/jobs/${id}`));
      if (status === 'completed' && progress.failed === 0) return;
      if (!['queued', 'active'].includes(status)) throw new Error(`the job is ${status}, and ${progress.failed} texts failed`);
      await pause(pollEveryMs);
    }
  }

  /** @param {string} path @param {object} [body] */
  async ask(path, body) {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(this.url + path, body === undefined ? {} : post);
    if (!answer.ok) throw new Error(`status ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return await answer.json();
  }
}
