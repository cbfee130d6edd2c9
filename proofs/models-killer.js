import { setTimeout as delay } from 'node:timers/promises';
import { processMemory } from '../bench/process-memory.js';

const KILL_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 100;
const REPLACED_WITHIN_MS = 60_000;

/** Kills an inference process every ten seconds: the first time any, from then on the one that replaced it, which has the same model. */
export class Killer {
  kills = 0;
  /** The model whose process is killed. @type {string | undefined} */
  model;

  /** @param {{ pid: number, url: string }} service */
  constructor(service) {
    this.service = service;
  }

  /** @param {number} until */
  async run(until) {
    const known = this.children();
    let [victim] = known;
    while (victim !== undefined && Date.now() + KILL_EVERY_MS < until) {
      await delay(KILL_EVERY_MS);
      process.kill(victim, 'SIGKILL');
      this.kills++;
      victim = await this.replacement(known, victim);
      known.push(victim);
    }
    this.model = await this.restartedModel();
  }

  /** The new child. @param {readonly number[]} known @param {number} killed */
  async replacement(known, killed) {
    const until = Date.now() + REPLACED_WITHIN_MS;
    while (Date.now() < until) {
      const added = this.children().find((pid) => pid !== killed && !known.includes(pid));
      if (added !== undefined) return added;
      await delay(LOOK_EVERY_MS);
    }
    throw new Error('a killed inference process was not replaced');
  }

  /** @returns {number[]} */
  children() {
    const { pid } = this.service;
    return processMemory(pid).flatMap((one) => (one.pid === pid ? [] : [one.pid]));
  }

  /** The models whose processes were replaced. */
  async restartedModel() {
    const text = await (await fetch(`${this.service.url}/metrics`)).text();
    const restarts = [...text.matchAll(/^embedding_worker_restarts_total\{model="([^"]+)",reason="exit"\} (\d+)/gm)];
    return restarts.flatMap(([, model, count]) => (Number(count) > 0 ? [model] : [])).join(' and ');
  }
}
