/** The tests run against a real Redis. Finds or installs one, or prepares a container image, or fails and says what to do. */
import { installPackage } from './install-package.js';
import { isOnPath } from './is-on-path.js';
import { redisImage } from './redis-image.js';
import { succeeds } from './succeeds.js';

if (!isOnPath('redis-server') && !installRedis() && !pullImage()) {
  console.error(
    'The tests need redis-server on the PATH, or a running Docker. Install it: `apt-get install redis-server` or `brew install redis`.',
  );
  process.exitCode = 1;
}

function installRedis() {
  return installPackage({ apt: 'redis-server', brew: 'redis' }) && isOnPath('redis-server');
}

/** test/support/start-redis.ts runs this image where redis-server is not on the PATH. */
function pullImage() {
  return (
    isOnPath('docker') &&
    (succeeds('docker', ['image', 'inspect', '--format', '{{.Id}}', redisImage]) || succeeds('docker', ['pull', '--quiet', redisImage]))
  );
}
