import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { embed, embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { freePort } from './support/free-port.js';
import { startPrometheus } from './support/start-prometheus.js';
import { startRedis } from './support/start-redis.js';
import { startService } from './support/start-service.js';
import { startWorker } from './support/start-worker.js';

jest.setTimeout(90_000);

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** The metrics of the project in an expression, without recording rules, whose names have colons. */
const METRIC_NAMES = /\b(?:(?:embedding|http|rate_limit|rate_limited|token_limit|redis|nodejs|process)_\w+|up)\b(?!:)/g;

interface Dashboard {
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly object[] }[];
}

const dashboard = JSON.parse(read('config/grafana/dashboards/embedding-pipeline.json')) as Dashboard;
const alerts = (parse(read('config/prometheus/alerts.yml')) as RuleFile).groups.flatMap(({ rules }) => rules);

function read(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

/** The values that Grafana fills in when everything is selected. */
function filledIn(expression: string): string {
  return expression.replaceAll('$namespace', '.*').replaceAll('$instance', '.*').replaceAll('$__rate_interval', '30s');
}

function promtool(...parameters: readonly string[]): object {
  const { status, stderr } = spawnSync('promtool', parameters, { cwd: ROOT, encoding: 'utf8' });
  return { status, stderr };
}

describe('the Prometheus rules', () => {
  it('and the configuration are valid', () => {
    expect(promtool('check', 'config', 'config/prometheus/prometheus.yml')).toEqual({ status: 0, stderr: '' });
  });

  it('fire for each fault, and not for a healthy service', () => {
    expect(promtool('test', 'rules', 'config/prometheus/tests/alerts.test.yml')).toEqual({ status: 0, stderr: '' });
  });
});

describe('a real Prometheus that scrapes two services on one Redis, one that asks the first, and a worker, under load', () => {
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
  let services: readonly { readonly url: string }[];
  let load: Promise<void>;
  const done = new AbortController();

  /** Sends misses, hits, batches of both, faults and refusals until the tests end, so that every series exists. */
  async function ask(url: string): Promise<void> {
    for (let round = 0; !done.signal.aborted; round++) {
      await embed(url, `round ${round}`);
      await embed(url, `round ${round}`);
      await embedBatch(url, [`round ${round}`, `the other of ${round}`]);
      await embed(url, '');
    }
  }

  beforeAll(async () => {
    const redis = await startRedis();
    const settings = { REDIS_URL: redis.url, RATE_LIMIT_REQUESTS: '1000000' };
    const workerPort = await freePort();
    const own = await Promise.all([startService(settings), startService(settings)]);
    const asking = {
      EMBEDDING_PROVIDER: 'openai',
      OPENAI_BASE_URL: `${own[0].url}/v1`,
      OPENAI_MODEL: 'all-MiniLM-L6-v2',
      EMBEDDING_DIM: '384',
      OPENAI_PRICE: '0.02',
    };
    await startWorker({ ...settings, WORKER_PORT: String(workerPort) });
    services = [...own, await startService({ ...settings, ...asking })];
    load = Promise.all(services.map(({ url }) => ask(url))).then(() => undefined);
    prometheus = await startPrometheus(
      services.map(({ url }) => url),
      [`http://127.0.0.1:${workerPort}`],
    );
    await eventually('three scrapes of each', async () => {
      const scrapes = await prometheus.query('count_over_time(up{job="embedding-pipeline"}[1m])');
      return scrapes.length === services.length && scrapes.every(({ value: [, count] }) => Number(count) >= 3);
    });
  });

  afterAll(async () => {
    done.abort();
    await load;
    await prometheus.stop();
  });

  it('reaches all targets', async () => {
    const targets = await prometheus.targets();
    expect(targets.map(({ health, lastError }) => [health, lastError])).toEqual([...services, 'the worker'].map(() => ['up', '']));
  });

  it('evaluates every rule, and each metric of a rule exists', async () => {
    const rules = await eventually('rules that were evaluated', async () => {
      const all = await prometheus.rules();
      return all.every(({ health }) => health !== 'unknown') && all;
    });
    expect(rules.length).toBeGreaterThan(alerts.length);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    const names = new Set(rules.flatMap(({ query }) => query.match(METRIC_NAMES) ?? []));
    expect(await missing([...names])).toEqual([]);
  });

  it('records the series of the rules', async () => {
    const recorded = (await prometheus.rules()).map(({ name }) => name).filter((name) => name.includes(':'));
    expect(recorded.length).toBeGreaterThan(5);
    await eventually('every recorded series but the one of server errors, of which there are none', async () => {
      return (await missing(recorded)).join() === 'job:http_server_errors:rate5m';
    });
  });

  it.each(dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)))(
    'finds series for panel "%s": %s',
    async (_, expression) => {
      expect((await prometheus.query(filledIn(expression))).length).toBeGreaterThan(0);
    },
  );

  it('parses the queries of the annotations and finds the replicas to choose from', async () => {
    for (const { expr } of dashboard.annotations.list) if (expr !== undefined) await prometheus.query(filledIn(expr));
    const selectors = dashboard.templating.list.flatMap(({ definition }) => /label_values\((.+), \w+\)/.exec(definition ?? '')?.[1] ?? []);
    expect(selectors).toHaveLength(2);
    for (const selector of selectors) expect(await prometheus.query(filledIn(selector))).toHaveLength(services.length);
  });

  async function missing(names: readonly string[]): Promise<readonly string[]> {
    const known = await Promise.all(
      names.map(async (name) => (await prometheus.query(`{__name__=~"${name}(?:_bucket|_sum|_count)?"}`)).length > 0),
    );
    return names.filter((_, index) => known[index] !== true);
  }
});
