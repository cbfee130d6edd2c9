import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { faultsOf } from '../../src/config/machine.fake.js';
import { serveWorkerProbes } from '../../src/worker/worker-probes.js';
import { SETTING_NAMES } from '../support/setting-names.js';
import { TestApp } from '../support/test-app.js';
import { containerOf, manifestsOf, ofKind, podOf, ROOT, settingsOf } from './manifests.js';

interface AdapterValues {
  readonly rules: { readonly custom: readonly { readonly name: { readonly as: string }; readonly metricsQuery: string }[] };
}

const trial = manifestsOf('trial');
const everything = manifestsOf('everything');
const both = [
  ['trial', trial],
  ['everything', everything],
] as const;
const workloads = [...trial, ...everything].filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));

describe('the manifests of the chart', () => {
  it.each(both)('set only existing settings, to allowed values (%s)', (_, manifests) => {
    const own = ['api', 'worker'].flatMap((component) => containerOf(manifests, component).env ?? []);
    const names = [...settingsOf(manifests).keys(), ...own.map(({ name }) => name)];
    expect(names.filter((name) => !SETTING_NAMES.includes(name) && name !== 'NODE_EXTRA_CA_CERTS')).toEqual([]);
    expect(faultsOf(Object.fromEntries(settingsOf(manifests)))).toEqual([]);
  });

  it.each(workloads)('run $metadata.name without rights, without a root file system to write to, and within limits', ({ spec }) => {
    const { securityContext, containers, enableServiceLinks } = spec.template.spec;
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(enableServiceLinks).toBe(false); // a Service named `api` would set API_PORT
    for (const container of containers) {
      const rights = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
      expect(container.securityContext).toEqual(rights);
      expect(container.imagePullPolicy).toBe('IfNotPresent');
      for (const bounds of [container.resources.limits, container.resources.requests])
        expect(Object.keys(bounds).sort()).toEqual(['cpu', 'memory']);
    }
  });

  it('bound callers and their connections', () => {
    const bounds = ['RATE_LIMIT_REQUESTS', 'RATE_LIMIT_TOKENS', 'RATE_LIMIT_WINDOW', 'REQUEST_TIMEOUT_MS', 'MAX_CONNECTIONS'];
    expect(bounds.filter((name) => !settingsOf(trial).has(name))).toEqual([]);
  });

  it('read secrets from the Secret of the operator', () => {
    const from = [{ configMapRef: { name: 'embedding-pipeline' } }, { secretRef: { name: 'embedding-secrets' } }];
    for (const component of ['api', 'worker']) expect(containerOf(everything, component).envFrom).toEqual(from);
  });

  it('need no resource of another project for a trial', () => {
    expect([...new Set(trial.map(({ apiVersion }) => apiVersion))].sort()).toEqual(['apps/v1', 'networking.k8s.io/v1', 'policy/v1', 'v1']);
  });

  it.each(both)('select by the name of the release too, so that two releases share a namespace (%s)', (_, manifests) => {
    const selecting = manifests.filter(({ kind }) => !['ConfigMap', 'Ingress', 'HorizontalPodAutoscaler', 'ScaledObject'].includes(kind));
    const labels = selecting.map(({ spec }) => spec.podSelector?.matchLabels ?? spec.selector?.matchLabels ?? spec.selector);
    for (const label of labels) expect(label).toMatchObject({ 'app.kubernetes.io/instance': 'embedding-pipeline' });
    expect(labels.length).toBeGreaterThan(6);
  });

  it('have metrics on separate ports, which Prometheus finds and reaches', () => {
    const open = ofKind(everything, 'NetworkPolicy').flatMap(({ spec }) =>
      spec.ingress?.flatMap(({ ports }) => ports.map(({ port }) => port)),
    );
    for (const [component, setting] of Object.entries({ api: 'METRICS_PORT', worker: 'WORKER_PORT' })) {
      const { env, ports } = containerOf(everything, component);
      const port = Number(env?.find(({ name }) => name === setting)?.value);
      expect(ports.find(({ name }) => name === 'metrics')?.containerPort).toBe(port);
      expect(open).toContain(port);
    }
    const monitors = ofKind(everything, 'ServiceMonitor');
    const jobs = monitors.flatMap(({ spec }) => spec.endpoints ?? []).map(({ port, relabelings }) => [port, relabelings]);
    const job = (name: string): object => [{ targetLabel: 'job', replacement: name }];
    expect(jobs).toEqual([
      ['metrics', job('embedding-pipeline')],
      ['metrics', job('embedding-worker')],
    ]);
  });

  it('find the Services of their monitors', () => {
    const services = ofKind(everything, 'Service').map(({ metadata }) => metadata.labels);
    const selectors = ofKind(everything, 'ServiceMonitor').map(({ spec }) => Object.entries(spec.selector?.matchLabels ?? {}));
    const found = selectors.map((selector) => services.filter((labels) => selector.every(([name, value]) => labels[name] === value)));
    expect(found.map(({ length }) => length)).toEqual([1, 1]);
  });

  it('open the way to Redis and to DNS, and to nothing else', () => {
    const portsOf = (manifests: typeof trial): unknown =>
      ofKind(manifests, 'NetworkPolicy')[0]?.spec.egress?.map(({ ports }) => ports.map(({ port }) => port));
    expect(portsOf(trial)).toEqual([[53, 53], [6379]]);
    expect(portsOf(everything)).toEqual([
      [53, 53],
      [6379, 6380],
    ]);
  });

  it('leave the Redis of a trial the memory to rewrite its file', () => {
    const [redis] = ofKind(trial, 'StatefulSet');
    const { command = [], resources } = redis?.spec.template.spec.containers[0] ?? containerOf(trial, 'redis');
    const dataMb = Number.parseInt(command[command.indexOf('--maxmemory') + 1] ?? '', 10);
    expect(Number.parseInt(resources.limits.memory, 10)).toBeGreaterThanOrEqual(2 * dataMb);
  });

  it.each(['api', 'worker'])('spread %s over nodes, and evict one at a time', (component) => {
    expect(podOf(trial, component).topologySpreadConstraints).toHaveLength(1);
    expect(ofKind(trial, 'PodDisruptionBudget').map(({ metadata }) => metadata.name)).toContain(`embedding-pipeline-${component}`);
  });

  it.each(['api', 'worker'])('give %s a longer grace period than it needs', (component) => {
    const preStopSeconds = Number(containerOf(trial, component).lifecycle?.preStop.exec.command[1] ?? 0);
    const shutdownSeconds = Number(settingsOf(trial).get('SHUTDOWN_TIMEOUT_MS')) / 1000;
    expect(shutdownSeconds).toBeGreaterThan(0);
    expect(podOf(trial, component).terminationGracePeriodSeconds).toBeGreaterThan(preStopSeconds + shutdownSeconds);
  });

  it('let a stopping pod answer until no endpoint has it', () => {
    expect(containerOf(trial, 'api').lifecycle?.preStop.exec.command).toEqual(['sleep', '8']);
  });

  it('start programs of the image', () => {
    expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toContain('COPY --from=build /app/dist ./dist');
    const program = containerOf(trial, 'worker').command?.[1] ?? '';
    expect(program).toMatch(/^dist\/\w+\.js$/);
    expect(existsSync(join(ROOT, program.replace('dist/', 'src/').replace('.js', '.ts')))).toBe(true);
  });
});

describe('every demand of the manifests', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });

  afterAll(async () => {
    await app.close();
  });

  it('is met: each probe of the api gets 200', async () => {
    const { startupProbe, livenessProbe, readinessProbe, ports } = containerOf(trial, 'api');
    const probes = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
    expect(probes.map((probe) => probe?.port)).toEqual(['http', 'http', 'http']);
    expect(ports.find(({ name }) => name === 'http')?.containerPort).toBe(8000);
    for (const probe of probes) expect([probe?.path, (await app.get(String(probe?.path))).status]).toEqual([probe?.path, 200]);
  });

  it('is met: each probe of the worker gets 200, and the one of readiness 503 while it is not ready', async () => {
    let isReady = true;
    const server = await serveWorkerProbes(0, { isReady: () => Promise.resolve(isReady) });
    const { startupProbe, livenessProbe, readinessProbe } = containerOf(trial, 'worker');
    const ask = async (): Promise<readonly number[]> => {
      const probes = [startupProbe, livenessProbe, readinessProbe].map((probe) => String(probe?.httpGet.path));
      return await Promise.all(probes.map(async (path) => (await fetch(`http://127.0.0.1:${server.port}${path}`)).status));
    };
    expect(await ask()).toEqual([200, 200, 200]);
    isReady = false;
    expect(await ask()).toEqual([200, 200, 503]);
    await server.close();
  });

  it('is met: the autoscalers name deployments, a rule of the adapter, and metrics that exist', async () => {
    const autoscalers = [...ofKind(everything, 'HorizontalPodAutoscaler'), ...ofKind(everything, 'ScaledObject')];
    const deployments = ofKind(everything, 'Deployment').map(({ metadata }) => metadata.name);
    expect(deployments).toEqual(autoscalers.map(({ spec }) => spec.scaleTargetRef?.name));

    const { rules } = parse(readFileSync(join(ROOT, 'config/prometheus/adapter.yml'), 'utf8')) as AdapterValues;
    const asked = autoscalers.flatMap(({ spec }) => spec.metrics?.map(({ pods }) => pods.metric.name) ?? []);
    expect(rules.custom.map(({ name }) => name.as)).toEqual(asked);
    const queries = autoscalers.flatMap(({ spec }) => spec.triggers?.map(({ metadata }) => metadata.query) ?? []);
    const metrics = [...rules.custom.map(({ metricsQuery }) => metricsQuery), ...queries].flatMap((query) => query.match(/embedding_\w+/g));
    expect([...new Set(metrics)]).toEqual(['embedding_queue_size', 'embedding_job_pending_texts']);
    const page = (await app.get('/metrics')).body;
    for (const metric of metrics) expect(page).toMatch(new RegExp(`^${metric} \\d`, 'm'));
  });

  it('is met: each port of a Service exists', () => {
    const named = workloads.flatMap(({ spec }) => spec.template.spec.containers.flatMap(({ ports }) => ports.map(({ name }) => name)));
    const targets = [...trial, ...everything].filter(({ kind }) => kind === 'Service').flatMap(({ spec }) => spec.ports ?? []);
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.filter(({ targetPort }) => !named.includes(targetPort))).toEqual([]);
  });
});
