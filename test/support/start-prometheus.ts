import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { getJson } from './get-json.js';
import { plainEnvironment } from './plain-environment.js';
import { StartedProcess } from './started-process.js';
import { temporaryFolder } from './temporary-folder.js';

const RULES = fileURLToPath(new URL('../../config/prometheus/', import.meta.url));

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface RuleGroups {
  readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string; readonly query: string }[] }[];
}

interface Targets {
  readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[];
}

/** Starts a real Prometheus with the project's rules. It scrapes these services and workers every half second, under the project's job names. */
export async function startPrometheus(services: readonly string[], workers: readonly string[] = []): Promise<StartedPrometheus> {
  const cwd = temporaryFolder();
  const port = await freePort();
  const scrape = (job: string, urls: readonly string[]): object => {
    return { job_name: job, static_configs: [{ targets: urls.map((url) => new URL(url).host) }] };
  };
  const configuration = {
    global: { scrape_interval: '500ms', scrape_timeout: '400ms', evaluation_interval: '500ms' },
    rule_files: [join(RULES, 'recording.yml'), join(RULES, 'alerts.yml')],
    scrape_configs: [scrape('embedding-pipeline', services), scrape('embedding-worker', workers)],
  };
  mkdirSync(join(cwd, 'data'));
  writeFileSync(join(cwd, 'prometheus.yml'), JSON.stringify(configuration)); // JSON is YAML
  const parameters = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`];
  const process = new StartedProcess('prometheus', parameters, { cwd, env: plainEnvironment() });
  const url = `http://127.0.0.1:${port}`;
  await eventually('a Prometheus that answers', async () => {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    return answer?.ok;
  });
  return new StartedPrometheus(url, process);
}

class StartedPrometheus {
  constructor(
    private readonly url: string,
    private readonly process: StartedProcess,
  ) {}

  /** Resolves to the result of an instant query; rejects with Prometheus's message if it cannot be parsed. */
  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = await this.ask<{ readonly result: readonly Sample[] }>(`query?query=${encodeURIComponent(expression)}`);
    return result;
  }

  async rules(): Promise<RuleGroups['groups'][number]['rules']> {
    return (await this.ask<RuleGroups>('rules')).groups.flatMap(({ rules }) => rules);
  }

  async targets(): Promise<Targets['activeTargets']> {
    return (await this.ask<Targets>('targets')).activeTargets;
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }

  private async ask<T>(path: string): Promise<T> {
    const { body } = await getJson<{ readonly status: string; readonly error?: string; readonly data: T }>(`${this.url}/api/v1/${path}`);
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}`);
    return body.data;
  }
}
