/** The front page is tested in a real Chromium. Finds or installs one, or fails and says what to do. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromiumPath } from './chromium.js';
import { installPackage } from './install-package.js';
import { succeeds } from './succeeds.js';

if (chromiumPath() === undefined && !install()) {
  console.error('The tests need Chromium or Chrome. Install it: `apt-get install chromium` or `brew install --cask chromium`.');
  process.exitCode = 1;
}

function install() {
  const installed = installPackage({ apt: 'chromium-headless-shell', brew: 'chromium' });
  if (!installed) installPackage({ apt: 'chromium', brew: 'chromium' }); // other systems have the shell only within Chromium
  if (chromiumPath() === undefined) downloadWithPlaywright();
  return chromiumPath() !== undefined;
}

function downloadWithPlaywright() {
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  return succeeds(process.execPath, [cli, 'install', 'chromium']);
}
