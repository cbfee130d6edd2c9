import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom: readonly object[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly resources: { readonly limits: { readonly memory: string }; readonly requests: object };
  readonly securityContext: object;
}

export interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly enableServiceLinks: boolean;
  readonly securityContext: object;
  readonly topologySpreadConstraints: readonly object[];
  readonly containers: readonly [Container];
}

interface Rule {
  readonly ports: readonly { readonly port: number }[];
  readonly to?: readonly object[];
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly template: { readonly metadata: Manifest['metadata']; readonly spec: PodSpec };
    /** A Service's labels, or another resource's `matchLabels`. */
    readonly selector?: Readonly<Record<string, string>> & { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly metrics?: readonly { readonly pods: { readonly metric: { readonly name: string } } }[];
    readonly triggers?: readonly { readonly metadata: { readonly query: string } }[];
    readonly scaleTargetRef?: { readonly name: string };
    readonly ports?: readonly { readonly name: string; readonly targetPort: string }[];
    readonly endpoints?: readonly { readonly port: string; readonly path: string; readonly relabelings: readonly object[] }[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

/** The manifests of a file in config/kubernetes, which the chart renders. */
export function manifestsOf(name: string): readonly Manifest[] {
  const text = readFileSync(join(ROOT, `config/kubernetes/${name}.yaml`), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

export function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

export function podOf(manifests: readonly Manifest[], component: string): PodSpec {
  const found = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === `embedding-pipeline-${component}`);
  if (found === undefined) throw new Error(`no deployment of ${component}`);
  return found.spec.template.spec;
}

export function containerOf(manifests: readonly Manifest[], component: string): Container {
  return podOf(manifests, component).containers[0];
}

/** The settings that the chart puts into its ConfigMap. */
export function settingsOf(manifests: readonly Manifest[]): ReadonlyMap<string, string> {
  const [settings] = ofKind(manifests, 'ConfigMap');
  return new Map(Object.entries(settings?.data ?? {}));
}
