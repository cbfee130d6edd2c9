import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram, startRedis, startService } from '../../proofs/started.js';
import { freePort } from '../../test/support/free-port.js';

const WORKER = fileURLToPath(new URL('../../dist/worker.js', import.meta.url));
const RULES = fileURLToPath(new URL('../../config/prometheus/', import.meta.url));

/**
 * Two replicas, a worker, a service that asks the first replica as its provider, their Redis, and a Prometheus that scrapes all of
 * them each second. They end with this process.
 *
 * @param {string} folder
 */
export async function startStack(folder) {
  const redisPort = await freePort();
  await startRedis(redisPort, folder, []);
  const shared = { REDIS_URL: `redis://127.0.0.1:${redisPort}`, EMBEDDING_WORKERS: '1', RATE_LIMIT_REQUESTS: '0', LOG_REQUESTS: 'false' };
  const replicas = [
    await startService(folder, { ...shared, API_RUNS_JOBS: 'false', RATE_LIMIT_REQUESTS: '900', RATE_LIMIT_WINDOW: '10' }),
    await startService(folder, { ...shared, API_RUNS_JOBS: 'false' }),
  ];
  const asking = await startService(folder, { ...shared, API_RUNS_JOBS: 'false', ...providerAt(replicas[1]?.url ?? '') });
  const workerPort = await freePort();
  const env = { ...shared, WORKER_PORT: `${workerPort}` };
  await startProgram([process.execPath, WORKER], { cwd: folder, env, until: /Working on jobs/ });
  const urls = [...replicas, asking].map(({ url }) => url);
  return { urls, prometheus: await startPrometheus(folder, urls, `127.0.0.1:${workerPort}`) };
}

/** @param {string} url */
function providerAt(url) {
  return {
    EMBEDDING_PROVIDER: 'openai',
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_MODEL: 'all-MiniLM-L6-v2',
    EMBEDDING_DIM: '384',
    OPENAI_PRICE: '0.02',
  };
}

/**
 * @param {string} folder
 * @param {readonly string[]} urls
 * @param {string} worker
 */
async function startPrometheus(folder, urls, worker) {
  const target = (/** @type {string} */ job, /** @type {readonly string[]} */ targets) => ({
    job_name: job,
    static_configs: [{ targets }],
  });
  const hosts = urls.map((url) => new URL(url).host);
  const configuration = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(RULES, 'recording.yml'), join(RULES, 'alerts.yml')],
    scrape_configs: [target('embedding-pipeline', hosts), target('embedding-worker', [worker])],
  };
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration)); // JSON is YAML
  const port = await freePort();
  const words = ['--config.file=prometheus.yml', '--storage.tsdb.path=prometheus', `--web.listen-address=127.0.0.1:${port}`];
  await startProgram(['prometheus', ...words], { cwd: folder, until: /Server is ready to receive web requests/ });
  return `http://127.0.0.1:${port}`;
}
