import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { isOnPath } from './is-on-path.js';

/** The shell has no windows, and uses a third less CPU time than the same browser with --headless. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_MACOS = ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** These switch off everything that a test does not use: updates, the start page, the browser's own network traffic. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--renderer-process-limit=1', // otherwise each page starts a process, which takes a tenth of the time of a test
];

/** Finds the system's Chromium or Chrome, or the one that Playwright keeps; undefined = there is none. */
export function chromiumPath() {
  const name = NAMES.find((candidate) => isOnPath(candidate));
  if (name !== undefined) return pathOf(name);
  return [...ON_MACOS, chromium.executablePath()].find((path) => existsSync(path));
}

export async function launchChromium() {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('There is no Chromium: run `npm run ensure:tools`.');
  return await chromium.launch({ executablePath, args: FLAGS });
}

/** @param {string} name */
function pathOf(name) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
