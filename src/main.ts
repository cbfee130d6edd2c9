import 'reflect-metadata';
import { announce } from './process/index.js';
import { loadSettings, SettingsError } from './config/index.js';
import { supervisorLink, type ProcessLink } from './process-link/index.js';
import { ALIVE, SETTINGS } from './supervisor/index.js';

/** The supervisor answers as soon as it has started this process. */
const SETTINGS_TIMEOUT_MS = 10_000;

async function start(): Promise<void> {
  const supervisor = supervisorLink();
  if (supervisor !== undefined) {
    await serveSupervised(supervisor);
    return;
  }
  const settings = loadSettings();
  if (settings.server.processes > 1) {
    const { supervise } = await import('./supervisor/supervise.js');
    await supervise(settings);
    return;
  }
  const { serve } = await import('./server/index.js'); // only here: the supervisor itself needs no Nest, and none of its memory
  announce(await serve(settings));
}

async function serveSupervised(supervisor: ProcessLink): Promise<void> {
  supervisor.answer(ALIVE, () => undefined);
  const settings = await supervisor.ask(SETTINGS, undefined, SETTINGS_TIMEOUT_MS);
  const { serve } = await import('./server/index.js');
  await serve(settings, supervisor);
}

try {
  await start();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  for (const fault of error.faults) process.stderr.write(`${fault}\n`);
  process.exit(1);
}
