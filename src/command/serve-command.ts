import { fileURLToPath } from 'node:url';
import { environmentToServe } from '../config/index.js';

export interface ServeCommand {
  readonly port?: string;
  readonly host?: string;
  readonly model?: string;
}

/** More room for young objects, as `npm start` has: a sixth less CPU for an answer from memory, for 32 MB. */
const NODE_OPTIONS = ['--max-semi-space-size=32'];

type Replace = (file: string, parameters: readonly string[], environment: Readonly<Record<string, string | undefined>>) => never;

/**
 * Becomes the service, which keeps the id of this process, its signals and its exit code. Where Node can replace a process
 * (from 22.15 on, not on Windows), it starts again with the service's options of Node; elsewhere the service does without them.
 * `service` is its program. Rejects with a SettingsError if the settings do not say for which provider the model is.
 */
export async function runServeCommand({ port, host, model }: ServeCommand, service: URL): Promise<void> {
  const listening = { ...(port !== undefined && { API_PORT: port }), ...(host !== undefined && { API_HOST: host }) };
  const settings = { ...listening, ...(model !== undefined && environmentToServe(model, listening)) };
  Object.assign(process.env, settings); // the environment comes before .env, and the processes that the service starts inherit it
  const { execve } = process as { readonly execve?: Replace };
  if (execve === undefined || process.platform === 'win32') await import(service.href);
  else execve(process.execPath, [process.execPath, ...NODE_OPTIONS, ...process.execArgv, fileURLToPath(service)], process.env);
}
