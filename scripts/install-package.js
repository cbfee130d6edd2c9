import { isOnPath } from './is-on-path.js';
import { succeeds } from './succeeds.js';

/**
 * Installs a system package with apt-get (as root, or with a sudo that asks nothing) or Homebrew; false if neither can.
 *
 * @param {{ apt: string, brew: string }} names
 */
export function installPackage(names) {
  return installWithApt(names.apt) || installWithBrew(names.brew);
}

/** @param {string} name */
function installWithApt(name) {
  if (!isOnPath('apt-get')) return false;
  const prefix = rootPrefix();
  if (prefix === undefined) return false;
  const install = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', name];
  return run([...prefix, 'apt-get', 'update', '-qq']) && run(install);
}

/** The words before a command that make it run as root; undefined = that needs a password. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return isOnPath('sudo') && run(['sudo', '-n', 'true']) ? ['sudo', '-n'] : undefined;
}

/** @param {string} name */
function installWithBrew(name) {
  return isOnPath('brew') && run(['brew', 'install', '--quiet', name]);
}

/** @param {readonly string[]} words */
function run([command = '', ...parameters]) {
  return succeeds(command, parameters);
}
