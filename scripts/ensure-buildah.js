/** The proof of the image builds it with Docker where that runs, else with buildah, on a base that debootstrap makes. */
import { installPackage } from './install-package.js';
import { isOnPath } from './is-on-path.js';
import { succeeds } from './succeeds.js';

const hasDocker = isOnPath('docker') && succeeds('docker', ['version', '--format', '{{.Server.Version}}']);
for (const name of hasDocker ? [] : ['buildah', 'debootstrap']) {
  if (isOnPath(name) || (installPackage({ apt: name, brew: name }) && isOnPath(name))) continue;
  console.error(`${name} is missing. Start Docker, or install it: \`apt-get install ${name}\`.`);
  process.exitCode = 1;
}
