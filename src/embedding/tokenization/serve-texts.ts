import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { CutOff, TextsReply, TextsRequest } from './text-messages.js';

/** How long one caller's texts may hold the thread before the next caller's get their turn. */
const TURN_MS = 2;

interface Turn {
  readonly request: TextsRequest;
  readonly done: unknown[];
}

/** Makes this thread the one of a TextThread: it works on the texts that come, in turns between callers. */
export function serveTexts(workOn: (text: string, cutOff: CutOff) => unknown): void {
  const turns: Turn[] = [];

  /** Works on one caller's texts for one turn; true = all are done. */
  function takeTurn({ request, done }: Turn): boolean {
    const until = performance.now() + TURN_MS;
    while (done.length < request.texts.length && performance.now() < until) {
      done.push(workOn(request.texts[done.length] ?? '', request.cutOff));
    }
    return done.length === request.texts.length;
  }

  async function work(): Promise<void> {
    for (let turn = turns[0]; turn !== undefined; turn = turns[0]) {
      turns.shift();
      if (takeTurn(turn)) {
        parentPort?.postMessage({ id: turn.request.id, results: turn.done } satisfies TextsReply<unknown>);
      } else {
        turns.push(turn);
        await setImmediate(); // lets the requests in that came meanwhile
      }
    }
  }

  let working = Promise.resolve();
  parentPort?.on('message', (request: TextsRequest) => {
    turns.push({ request, done: [] });
    if (turns.length === 1) working = working.then(work);
  });
  parentPort?.postMessage('ready');
}
