import { ipcChannel } from './ipc-channel.js';
import { ProcessLink } from './process-link.js';

/** Tells a process that this service's supervisor started it, which another process manager's variables do not. */
export const SUPERVISED_VARIABLE = 'EMBEDDING_PIPELINE_SUPERVISED';

/** The link of this process to its supervisor; undefined where there is none. */
export function supervisorLink(): ProcessLink | undefined {
  const isSupervised = process.env[SUPERVISED_VARIABLE] !== undefined;
  delete process.env[SUPERVISED_VARIABLE]; // the processes that this one starts are not
  return isSupervised && process.send !== undefined ? new ProcessLink(ipcChannel(process)) : undefined;
}
