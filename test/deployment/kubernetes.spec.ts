import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { serveWorkerProbes } from '../../src/worker/worker-probes.js';
import { SETTING_NAMES } from '../support/setting-names.js';
import { TestApp } from '../support/test-app.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, 'config/kubernetes');

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom: readonly object[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly resources: { readonly limits: object; readonly requests: object };
  readonly securityContext: object;
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: object;
  readonly containers: readonly Container[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: PodSpec };
    readonly metrics?: readonly { readonly pods: { readonly metric: { readonly name: string } } }[];
    readonly scaleTargetRef?: { readonly name: string };
    readonly ports?: readonly { readonly name: string; readonly targetPort: string }[];
    readonly endpoints?: readonly { readonly port: string; readonly path: string }[];
    readonly ingress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
  };
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator?: readonly { readonly literals: readonly string[] }[];
  readonly secretGenerator?: readonly { readonly literals: readonly string[] }[];
}

function read(path: string): string {
  return readFileSync(join(FOLDER, path), 'utf8');
}

function kustomization(folder: string): Kustomization {
  return parse(read(`${folder}/kustomization.yaml`)) as Kustomization;
}

function manifestsOf(folder: string): readonly Manifest[] {
  const files = kustomization(folder).resources.filter((resource) => resource.endsWith('.yaml'));
  return files.flatMap((file) => parseAllDocuments(read(`${folder}/${file}`)).map((document) => document.toJS() as Manifest));
}

const base = manifestsOf('base');
const trial = manifestsOf('trial');
const deployments = base.filter(({ kind }) => kind === 'Deployment');
const literals = ['base', 'trial'].flatMap((folder) => {
  const { configMapGenerator = [], secretGenerator = [] } = kustomization(folder);
  return [...configMapGenerator, ...secretGenerator].flatMap((generator) => generator.literals);
});
const settings = new Map(literals.map((literal) => [literal.slice(0, literal.indexOf('=')), literal.slice(literal.indexOf('=') + 1)]));

function podOf(component: string): PodSpec {
  const deployment = deployments.find(({ metadata }) => metadata.name === `embedding-${component}`);
  if (deployment === undefined) throw new Error(`no deployment of ${component}`);
  return deployment.spec.template.spec;
}

function containerOf(component: string): Container {
  const [container] = podOf(component).containers;
  if (container === undefined) throw new Error('no container');
  return container;
}

describe('the manifests for Kubernetes', () => {
  it('set only existing settings', () => {
    const used = [
      ...settings.keys(),
      ...deployments.flatMap(({ spec }) => spec.template.spec.containers.flatMap(({ env = [] }) => env)).map(({ name }) => name),
    ];
    expect(used.filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
    expect(used.length).toBeGreaterThan(5);
  });

  it.each([...base, ...trial].filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet'))(
    'run $metadata.name without rights, without a root file system to write to, and within limits',
    ({ spec }) => {
      const { securityContext, containers } = spec.template.spec;
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const container of containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect([Object.keys(container.resources.limits), Object.keys(container.resources.requests)]).toEqual([
          ['cpu', 'memory'],
          ['cpu', 'memory'],
        ]);
      }
    },
  );

  it('pass the settings that bound callers and their connections', () => {
    const bounds = ['RATE_LIMIT_REQUESTS', 'RATE_LIMIT_TOKENS', 'RATE_LIMIT_WINDOW', 'REQUEST_TIMEOUT_MS', 'MAX_CONNECTIONS'];
    expect(bounds.filter((name) => !settings.has(name))).toEqual([]);
    for (const component of ['api', 'worker'])
      expect(containerOf(component).envFrom).toEqual(
        ['configMapRef', 'secretRef'].map((from) => ({ [from]: { name: 'embedding-pipeline' } })),
      );
    const secrets = [...settings.keys()].filter((name) => /KEYS?$|SECRET$/.test(name));
    expect(secrets).toEqual([]); // secrets do not belong in a committed file
  });

  it('have metrics on separate ports, which Prometheus finds and reaches', () => {
    const ofKind = (wanted: string): readonly Manifest[] => base.filter(({ kind }) => kind === wanted);
    const open = ofKind('NetworkPolicy').flatMap(({ spec }) => spec.ingress?.flatMap(({ ports }) => ports.map(({ port }) => port)));
    for (const [component, setting] of Object.entries({ api: 'METRICS_PORT', worker: 'WORKER_PORT' })) {
      const { env, ports } = containerOf(component);
      const port = Number(env?.find(({ name }) => name === setting)?.value);
      expect(ports.find(({ name }) => name === 'metrics')?.containerPort).toBe(port);
      expect(open).toContain(port);
    }
    const services = ofKind('Service');
    expect(services.map(({ spec }) => spec.ports?.find(({ name }) => name === 'metrics')?.targetPort)).toEqual(['metrics', 'metrics']);
    expect(ofKind('ServiceMonitor').flatMap(({ spec }) => spec.endpoints)).toMatchObject([{ port: 'metrics' }, { port: 'metrics' }]);
  });

  it.each(['api', 'worker'])('give %s a longer grace period than it needs', (component) => {
    const preStopSeconds = Number(containerOf(component).lifecycle?.preStop.exec.command[1] ?? 0);
    const shutdownSeconds = Number(settings.get('SHUTDOWN_TIMEOUT_MS')) / 1000;
    expect(shutdownSeconds).toBeGreaterThan(0);
    expect(podOf(component).terminationGracePeriodSeconds).toBeGreaterThan(preStopSeconds + shutdownSeconds);
  });

  it('let a stopping pod answer until no endpoint has it', () => {
    const readiness = containerOf('api').lifecycle?.preStop.exec.command;
    expect([readiness?.[0], Number(readiness?.[1])]).toEqual(['sleep', 8]);
  });

  it('start programs of the image', () => {
    expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toContain('COPY --from=build /app/dist ./dist');
    const program = containerOf('worker').command?.[1] ?? '';
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
    const { startupProbe, livenessProbe, readinessProbe, ports } = containerOf('api');
    const probes = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
    expect(probes.map((probe) => probe?.port)).toEqual(['http', 'http', 'http']);
    expect(ports.find(({ name }) => name === 'http')?.containerPort).toBe(8000);
    for (const probe of probes) expect([probe?.path, (await app.get(String(probe?.path))).status]).toEqual([probe?.path, 200]);
  });

  it('is met: each probe of the worker gets 200', async () => {
    const server = await serveWorkerProbes(0);
    const url = `http://127.0.0.1:${server.port}`;
    const { startupProbe, livenessProbe } = containerOf('worker');
    for (const probe of [startupProbe, livenessProbe]) expect((await fetch(url + String(probe?.httpGet.path))).status).toBe(200);
    await server.close();
  });

  it('is met: the metric of the autoscaler and its deployment exist', async () => {
    const [autoscaler] = base.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    const [metric] = autoscaler?.spec.metrics ?? [];
    expect((await app.get('/metrics')).body).toMatch(new RegExp(`^${metric?.pods.metric.name} \\d`, 'm'));
    expect(deployments.map(({ metadata }) => metadata.name)).toContain(autoscaler?.spec.scaleTargetRef?.name);
  });

  it('is met: each port of a Service exists', () => {
    const named = [...base, ...trial].flatMap(({ kind, spec }) =>
      kind === 'Deployment' || kind === 'StatefulSet'
        ? spec.template.spec.containers.flatMap(({ ports }) => ports.map(({ name }) => name))
        : [],
    );
    const targets = [...base, ...trial].filter(({ kind }) => kind === 'Service').flatMap(({ spec }) => spec.ports ?? []);
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.filter(({ targetPort }) => !named.includes(targetPort))).toEqual([]);
  });
});
