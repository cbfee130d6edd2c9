import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPython } from '../../test/clients/install-client.js';
import { ROOT } from './paths.js';

const CHECKOV = 'checkov==3.3.30';

/**
 * What checkov finds in a folder of manifests, beside what config/helm/checkov.yml explains.
 *
 * @param {string} folder
 * @returns {readonly string[]}
 */
export function findings(folder) {
  const command = join(installPython([CHECKOV]), 'venv/bin/checkov');
  const words = ['--directory', folder, '--config-file', join(ROOT, 'config/helm/checkov.yml')];
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', cwd: folder });
  return status === 0 ? [] : [stdout, stderr];
}
