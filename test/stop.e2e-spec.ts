import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { childPids } from './support/child-pids.js';
import { embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { freePort } from './support/free-port.js';
import { isAlive } from './support/is-alive.js';
import { longTexts } from './support/long-texts.js';
import { readMetric } from './support/read-metric.js';
import { untilBusy } from './support/read-stats.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(90_000);

/** Far less than the 25 s that a stop may take, and far more than it takes on a busy machine. */
const PROMPT_MS = 10_000;

/** Like a terminal's Ctrl-C, which goes to the whole process group. */
function signalAll({ pid }: StartedService, signal: NodeJS.Signals): void {
  for (const each of [pid, ...childPids(pid)]) process.kill(each, signal);
}

async function elapsedMs(promise: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await promise;
  return performance.now() - startedAt;
}

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s takes no new connections, finishes a batch of 40 long texts, reports it on METRICS_PORT, then exits with 0',
    async (signal) => {
      const metricsPort = await freePort();
      // A slow machine that other tests use too computes the batch in more than the default time.
      const service = await startService({ RATE_LIMIT_REQUESTS: '0', METRICS_PORT: `${metricsPort}`, SHUTDOWN_TIMEOUT_MS: '90000' });
      const metricsUrl = `http://127.0.0.1:${metricsPort}`;
      const workers = childPids(service.pid);
      const batch = embedBatch(service.url, longTexts(40));
      await untilBusy(service.url);
      signalAll(service, signal);
      service.kill(signal); // npm repeats the signal that the terminal has already sent
      await eventually('a refused connection', async () => await isRefused(service.url));

      expect(await readMetric(metricsUrl, 'embedding_in_flight_requests')).toBe(1);
      const { status, body } = await batch;
      expect([status, body.count]).toEqual([200, 40]);
      expect(await service.exitCode).toBe(0);
      expect(await isRefused(metricsUrl)).toBe(true);
      expect(workers.filter(isAlive)).toEqual([]);
      expect(service.stderr()).toBe('');
    },
  );

  it('is not ready for SHUTDOWN_DELAY_MS before it stops, but still answers', async () => {
    const service = await startService({ SHUTDOWN_DELAY_MS: '60000' });
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    service.kill('SIGTERM');
    await eventually('a 503 of readiness', async () => (await fetch(`${service.url}/ready`)).status === 503);

    expect((await embedBatch(service.url, longTexts(2))).status).toBe(200);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    service.kill('SIGKILL');
    await service.exitCode;
  });

  it('exits with 0 within SHUTDOWN_TIMEOUT_MS despite waiting requests, and leaves no caller and no worker behind', async () => {
    const service = await startService({ RATE_LIMIT_REQUESTS: '0', SHUTDOWN_TIMEOUT_MS: '300' });
    const workers = childPids(service.pid);
    const batches = Array.from({ length: 8 }, (_, index) => embedBatch(service.url, longTexts(100, index)).then(({ status }) => status));
    const outcomes = Promise.allSettled(batches);
    await untilBusy(service.url);
    service.kill('SIGTERM');

    expect(await elapsedMs(service.exitCode)).toBeLessThan(2500);
    expect(await service.exitCode).toBe(0);
    const answered = (await outcomes).filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    expect(answered.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await eventually('the end of the workers', () => !workers.some(isAlive));
  });

  it('sends waiting callers to another instance near the end of the time', async () => {
    const service = await startService({ RATE_LIMIT_REQUESTS: '0', SHUTDOWN_TIMEOUT_MS: '5000', EMBEDDING_WORKERS: '1' });
    const batches = Array.from({ length: 8 }, (_, index) => embedBatch(service.url, longTexts(100, index)));
    await untilBusy(service.url);
    service.kill('SIGTERM');

    const answers = await Promise.all(batches);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, body } of refused) {
      expect([status, body]).toEqual([503, expect.objectContaining({ statusCode: 503, code: 'shutting_down' })]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect(await service.exitCode).toBe(0);
  });

  it('does not wait for a keep-alive connection', async () => {
    const service = await startService();
    const agent = new Agent({ keepAlive: true });
    const [answer] = (await once(get(`${service.url}/health`, { agent }), 'response')) as [NodeJS.ReadableStream];
    await once(answer.resume(), 'end');

    expect(await elapsedMs(service.stop())).toBeLessThan(PROMPT_MS);
    expect(await service.exitCode).toBe(0);
    agent.destroy();
  });

  it('does not wait for an unused connection', async () => {
    const service = await startService();
    const { port, hostname } = new URL(service.url);
    const silent = connect(Number(port), hostname).on('error', () => undefined);
    await once(silent, 'connect');

    expect(await elapsedMs(service.stop())).toBeLessThan(PROMPT_MS);
    expect(await service.exitCode).toBe(0);
    silent.destroy();
  });
});

async function isRefused(url: string): Promise<boolean> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const refused = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
  });
  socket.destroy();
  return refused;
}
