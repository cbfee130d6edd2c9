import { format } from 'node:util';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const CHANNEL = 'lmdb-messages';
const LEVELS = ['log', 'warn', 'error'] as const;

let isRouted = false;

/** LMDB's binding writes to the console, which is no log. In a thread, sends these messages to the main thread. */
export function sendMessagesOfThread(): void {
  if (isMainThread || isRouted) return;
  isRouted = true;
  const channel = openChannel();
  replaceConsole((message) => channel.postMessage(message));
}

/** In the main thread: reports messages of LMDB's binding, its own and those of threads. Further calls do nothing. */
export function reportMessages(report: (message: string) => void): void {
  if (isRouted) return;
  isRouted = true;
  openChannel().addEventListener('message', (event) => report(String('data' in event ? event.data : '')));
  replaceConsole(report);
}

function openChannel(): BroadcastChannel {
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref(); // must not keep the process alive
  return channel;
}

function replaceConsole(report: (message: string) => void): void {
  for (const level of LEVELS) console[level] = (...values: readonly unknown[]) => report(format(...values));
}
