import type { Link } from './link/index.js';
import { requireOpenFiles } from './open-files/index.js';

requireOpenFiles(); // before all other imports, because they fail where few files may be open
const { loadSettings } = await import('./config/index.js');
const { threadsHaveStarted } = await import('./link/index.js');
const { Announcement, collectGarbageOfStart, startProgram } = await import('./process/index.js');
const { linkToPrimary, runReplicas, SETTINGS, SUMMARY } = await import('./replicas/index.js');

/** The primary answers as soon as it has started this process. */
const SETTINGS_TIMEOUT_MS = 10_000;

async function start(): Promise<void> {
  const primary = linkToPrimary();
  if (primary !== undefined) {
    await serveAsReplica(primary);
    return;
  }
  const settings = loadSettings();
  const announcement = new Announcement();
  if (settings.server.processes > 1) {
    await runReplicas(settings, announcement);
    return;
  }
  const { serve } = await import('./server/index.js'); // not above: the primary of replicas does without Nest and its memory
  const { port, summary } = await serve(settings);
  announcement.listening(port, summary);
  collectGarbageOfStart();
}

async function serveAsReplica(primary: Link): Promise<void> {
  const settings = await primary.ask(SETTINGS, undefined, { timeoutMs: SETTINGS_TIMEOUT_MS });
  const { serve } = await import('./server/index.js');
  const { summary } = await serve(settings, primary);
  primary.answer(SUMMARY, () => Promise.resolve(summary));
  collectGarbageOfStart();
}

await startProgram(start, threadsHaveStarted);
