/**
 * Copies the packages that the programs in dist/ load or send at run time into a folder, with what these depend on. All others
 * are part of the programs' bundle.
 *
 *   node scripts/runtime-packages.js /runtime/node_modules
 */
import { cpSync, existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SENT_TO_BROWSERS, STAY_IN_NODE_MODULES } from './bundling.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Name the folder that gets the packages.');

/** ONNX Runtime for browsers: transformers.js names it, but loads onnxruntime-node here. */
const NEVER_LOADED = new Set(['onnxruntime-web']);
const FOR_DEVELOPERS = /\.(?:map|d\.[cm]?ts|md|markdown|ts|flow)$|^(?:test|tests|docs|example|examples|\.github)$/i;
const IS_LICENCE = /licen[cs]e|notice|copying/i;

for (const folder of closure()) {
  cpSync(folder, join(target, relative(join(root, 'node_modules'), folder)), { recursive: true, filter: (path) => isNeeded(folder, path) });
}

/** The folders of these packages and of what they depend on. */
function closure() {
  /** @type {Set<string>} */
  const folders = new Set();
  const waiting = [...STAY_IN_NODE_MODULES, ...SENT_TO_BROWSERS].flatMap(namesOf).map((name) => ({ name, from: root, isRequired: true }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = folderOf(next.name, next.from);
    if (folder === undefined && next.isRequired) throw new Error(`${next.name} is not installed: run npm ci`);
    if (folder === undefined || folders.has(folder)) continue;
    folders.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
      if (!NEVER_LOADED.has(name)) waiting.push({ name, from: folder, isRequired: !(name in optionalDependencies) });
  }
  return folders;
}

/** @param {string} name of a package, or a scope with `/*` */
function namesOf(name) {
  if (!name.endsWith('/*')) return [name];
  const scope = dirname(name);
  return readdirSync(join(root, 'node_modules', scope)).map((entry) => `${scope}/${entry}`);
}

/** @param {string} name @param {string} from the folder of the package that asks for it */
function folderOf(name, from) {
  for (let folder = from; folder.startsWith(root.slice(0, -1)); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  }
  return undefined;
}

/** @param {string} folder of the package @param {string} path in it */
function isNeeded(folder, path) {
  const name = basename(path);
  if (path !== folder && name === 'node_modules') return false; // nested packages are copied for themselves
  if (isOfAnotherPlatform(relative(folder, path))) return false;
  return !FOR_DEVELOPERS.test(name) || (IS_LICENCE.test(name) && statSync(path).isFile());
}

/** Whether it is a library of onnxruntime-node for another system or processor. @param {string} path in its package */
function isOfAnotherPlatform(path) {
  const [bin, napi, platform, processor] = path.split('/');
  if (bin !== 'bin' || napi === undefined || !napi.startsWith('napi')) return false;
  return (platform !== undefined && platform !== process.platform) || (processor !== undefined && processor !== process.arch);
}

/** @param {string} folder */
function manifestOf(folder) {
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  return /** @type {Record<'dependencies' | 'optionalDependencies', Record<string, string> | undefined>} */ (JSON.parse(manifest));
}
