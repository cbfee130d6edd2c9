/** The proof of rolling restarts needs HAProxy as its load balancer. */
import { installPackage } from './install-package.js';
import { isOnPath } from './is-on-path.js';

if (!isOnPath('haproxy') && !(installPackage({ apt: 'haproxy', brew: 'haproxy' }) && isOnPath('haproxy'))) {
  console.error('haproxy is missing. Install it: `apt-get install haproxy`, `brew install haproxy`.');
  process.exitCode = 1;
}
