/** promtool checks the metrics page and the alert rules. Installs it where that needs no password; the tests that use it fail without it. */
import { installPackage } from './install-package.js';
import { isOnPath } from './is-on-path.js';

if (!isOnPath('promtool')) installPackage({ apt: 'prometheus', brew: 'prometheus' });
if (!isOnPath('promtool'))
  console.error(
    'promtool is missing: the tests that use it will fail. Install Prometheus (`apt-get install prometheus`, `brew install prometheus`).',
  );
