import 'reflect-metadata';
import { createApp } from './app.js';
import { loadSettings, SettingsError, type Settings } from './config/index.js';
import { PinoLogger } from './logging/index.js';
import { stopOnSignals } from './shutdown.js';

async function start(): Promise<void> {
  const settings = loadSettings();
  const app = await createApp(settings, new PinoLogger(settings.server.logLevel));
  stopOnSignals(app, settings.server.shutdownTimeoutMs);
  await app.listen(settings.server.port, settings.server.host).catch((error: unknown) => {
    throw listenError(settings, error);
  });
  announce(new URL(await app.getUrl()).port);
}

function announce(port: string): void {
  const address = `http://localhost:${port}`;
  process.stdout.write(`
Listening on ${address}
Docs         ${address}/docs
Try          curl -s ${address}/embed -H 'content-type: application/json' -d '{"text":"Hello, world!"}'

`);
}

function listenError({ server: { host, port } }: Settings, error: unknown): SettingsError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new SettingsError([`API_PORT=${port} is in use by another process: stop that one, or set another API_PORT`]);
  return new SettingsError([`API_HOST=${host} and API_PORT=${port} cannot be listened on: ${message}`]);
}

try {
  await start();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  for (const fault of error.faults) process.stderr.write(`${fault}\n`);
  process.exit(1);
}
