import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dashboard } from '../../scripts/dashboard/dashboard.js';
import { ROOT } from './manifests.js';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly targets?: readonly { readonly expr: string }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] } };
    readonly overrides: readonly object[];
  };
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const { panels } = JSON.parse(read('config/grafana/dashboards/embedding-pipeline.json')) as { panels: readonly Panel[] };
const rules = (parse(read('config/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const drawn = panels.filter(({ type }) => type !== 'row');
const judged = drawn.filter(({ links = [] }) => links.length > 0).map((panel) => [panel.title, panel] as const);

describe('the dashboard', () => {
  it('was rendered after its last change (npm run render:dashboard)', () => {
    expect(JSON.parse(read('config/grafana/dashboards/embedding-pipeline.json'))).toEqual(JSON.parse(JSON.stringify(dashboard())));
  });

  it('has a row for each question', () => {
    const titles = panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(titles).toEqual(['Is it up?', 'Is it fast?', 'Is it full?', 'What does it cost?']);
  });

  it('selects by job and namespace in each query', () => {
    const selectors = drawn.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr.match(/[a-z]\w+\{[^}]*\}/g) ?? []));
    expect(selectors.length).toBeGreaterThan(50);
    expect(selectors.filter((selector) => !selector.includes('job="embedding-') || !selector.includes('namespace=~"$namespace"'))).toEqual(
      [],
    );
  });

  it('shows all workers, whatever replica is chosen, with CPU, memory and lag', () => {
    const ofWorkers = drawn
      .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
      .filter((expr) => expr.includes('embedding-worker'));
    expect(ofWorkers.filter((expr) => expr.includes('$instance'))).toEqual([]);
    for (const metric of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
      expect(ofWorkers.some((expr) => expr.includes(metric))).toBe(true);
  });

  it('has one unit in a panel', () => {
    expect(drawn.filter(({ fieldConfig }) => fieldConfig?.overrides.length !== 0)).toEqual([]);
  });

  it.each(judged)('"%s" turns red where its alert fires, and leads to the runbook', (_, { links = [], fieldConfig, description }) => {
    const alert = links[0]?.title.replace('Runbook: ', '') ?? '';
    const rule = rules.find((candidate) => candidate.alert === alert);
    const [, sign, number] = /(==|[<>]) ([\d.]+)/.exec(rule?.expr ?? '') ?? [];
    const steps = fieldConfig?.defaults.thresholds?.steps ?? [];
    const threshold = sign === '==' || number === '0' ? 1 : Number(number); // states and counts
    expect(steps.map(({ value }) => value)).toEqual([null, threshold]);
    expect(steps.findIndex(({ color }) => color === '#F2495C')).toBe(sign === '>' ? 1 : 0);
    expect(links[0]?.url).toBe(`\${runbooks}${rule?.annotations.runbook}`);
    expect(description).toContain(alert);
  });

  it('has the panels that the runbooks name', () => {
    const named = [...read('docs/operate.md').matchAll(/panel "([^"]+)"/g)].map(([, title]) => title);
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((title) => !drawn.some((panel) => panel.title === title))).toEqual([]);
  });

  it('judges by most alerts', () => {
    const alerts = new Set(judged.map(([, { links }]) => links?.[0]?.title.replace('Runbook: ', '')));
    expect(rules.map(({ alert }) => alert).filter((alert) => !alerts.has(alert))).toEqual(['ReplicaDown', 'CacheErrors']);
  });
});
