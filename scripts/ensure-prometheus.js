/** Prometheus and its promtool check the metrics page, the rules and the dashboard. Installs them if that needs no password. Without them the tests that use them fail. */
import { installPackage } from './install-package.js';
import { isOnPath } from './is-on-path.js';

const isInstalled = () => isOnPath('promtool') && isOnPath('prometheus');

if (!isInstalled()) installPackage({ apt: 'prometheus', brew: 'prometheus' });
if (!isInstalled())
  console.error(
    'prometheus and promtool are missing: the tests that use them will fail. Install Prometheus (`apt-get install prometheus`, `brew install prometheus`).',
  );
