import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeStandInBase } from './image-base.js';

const TAG = 'embedding-pipeline:proof';
const BASE = 'docker.io/library/node:24-bookworm-slim';
const PULL_TIMEOUT_MS = 60_000;

/**
 * What the proof needs of an image.
 *
 * @typedef {{ User: string, WorkingDir: string, Env: string[], Cmd: string[], Healthcheck?: { Test: string[] }, Labels: Record<string, string> }} ImageConfig
 * @typedef {{ rootFolder: string, config: ImageConfig, layers: { bytes: number, what: string }[], release: () => void }} BuiltImage
 */

/** Builds the Dockerfile of a folder. @param {string} context @param {string} workFolder @returns {BuiltImage} */
export function buildImage(context, workFolder) {
  const isDockerThere = spawnSync('docker', ['version'], { stdio: 'ignore' }).status === 0;
  return isDockerThere ? buildWithDocker(context, workFolder) : buildWithBuildah(context, workFolder);
}

/** @param {string} context @param {string} workFolder @returns {BuiltImage} */
function buildWithDocker(context, workFolder) {
  show('docker', 'build', '--tag', TAG, context);
  const rootFolder = join(workFolder, 'root');
  mkdirSync(rootFolder);
  const container = read('docker', 'create', TAG);
  execFileSync('sh', ['-c', 'docker export "$0" | tar --extract --directory "$1"', container, rootFolder], { stdio: 'inherit' });
  const history = read('docker', 'history', '--no-trunc', '--human=false', '--format', '{{.Size}} {{.CreatedBy}}', TAG);
  const layers = history.split('\n').reverse().map(layerOf);
  const config = /** @type {ImageConfig} */ (JSON.parse(read('docker', 'inspect', '--format', '{{json .Config}}', TAG)));
  return { rootFolder, config, layers: layers.filter(({ bytes }) => bytes > 0), release: () => show('docker', 'rm', container) };
}

/** @param {string} line @returns {{ bytes: number, what: string }} */
function layerOf(line) {
  const [bytes = '0', ...what] = line.split(' ');
  return { bytes: Number(bytes), what: what.join(' ') };
}

/** buildah needs no daemon; with chroot it needs no rights but root's. @param {string} context @param {string} workFolder @returns {BuiltImage} */
function buildWithBuildah(context, workFolder) {
  const storage = [
    '--root',
    join(workFolder, 'storage'),
    '--runroot',
    join(workFolder, 'run'),
    '--storage-driver',
    storageDriver(workFolder),
  ];
  const buildah = (/** @type {string[]} */ ...words) => show('buildah', ...storage, ...words);
  const answer = (/** @type {string[]} */ ...words) => read('buildah', ...storage, ...words);
  if (!canPull(storage)) makeStandInBase({ buildah, answer, name: BASE, folder: join(workFolder, 'base') });
  buildah('bud', '--isolation', 'chroot', '--format', 'docker', '--pull-never', '--layers', '--tag', TAG, context);
  const container = answer('from', '--pull-never', TAG);
  const inspected = /** @type {{ Docker: { config: ImageConfig }, OCIv1: { history: History[] } }} */ (
    JSON.parse(answer('inspect', '--type', 'image', TAG))
  );
  const copy = join(workFolder, 'oci');
  buildah('push', '--quiet', TAG, `oci:${copy}:latest`);
  const release = () => buildah('rm', container);
  return {
    rootFolder: answer('mount', container),
    config: inspected.Docker.config,
    layers: layersOf(copy, inspected.OCIv1.history),
    release,
  };
}

/** vfs copies the whole root for each layer, but works where no overlay can be mounted. @param {string} workFolder */
function storageDriver(workFolder) {
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) => join(workFolder, 'overlay', name));
  for (const folder of [lower, upper, work, merged]) mkdirSync(folder ?? '', { recursive: true });
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  if (spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', options, `${merged}`], { stdio: 'ignore' }).status !== 0) return 'vfs';
  show('umount', `${merged}`);
  return 'overlay';
}

/** @typedef {{ created_by?: string, empty_layer?: boolean }} History */

/** @param {string} folder of an OCI image @param {readonly History[]} history */
function layersOf(folder, history) {
  const blob = (/** @type {string} */ digest) => readFileSync(join(folder, 'blobs', digest.replace(':', '/')), 'utf8');
  const index = /** @type {{ manifests: { digest: string }[] }} */ (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')));
  const manifest = /** @type {{ layers: { size: number }[] }} */ (JSON.parse(blob(index.manifests[0]?.digest ?? '')));
  const steps = history.filter(({ empty_layer: isEmpty }) => isEmpty !== true);
  return manifest.layers.map(({ size }, place) => ({ bytes: size, what: steps[place]?.created_by ?? 'the base' }));
}

/** @param {readonly string[]} storage */
function canPull(storage) {
  return spawnSync('buildah', [...storage, 'pull', '--quiet', BASE], { stdio: 'ignore', timeout: PULL_TIMEOUT_MS }).status === 0;
}

/** @param {string} program @param {string[]} words */
function show(program, ...words) {
  execFileSync(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** @param {string} program @param {string[]} words */
function read(program, ...words) {
  return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26 }).trim();
}
