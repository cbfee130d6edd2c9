import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { CutOff } from '../../scheduling/embedding-queue.port.js';
import type { TextsReply, TextsRequest } from './text-messages.js';

/** How long one caller's texts may hold the thread before the next caller's get their turn. */
const TURN_MS = 2;

interface Turn<Result> {
  readonly request: TextsRequest;
  readonly done: Result[];
}

/**
 * Makes this thread the one of a TextThread: it works on the texts that come, in turns between callers.
 * @param pack Makes the results of a caller's texts, in their order, into what is sent.
 */
export function serveTexts<Result>(workOn: (text: string, cutOff: CutOff) => Result, pack: (results: readonly Result[]) => unknown): void {
  const turns: Turn<Result>[] = [];

  /** Works on one caller's texts for one turn; true = all are done. */
  function takeTurn({ request, done }: Turn<Result>): boolean {
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
        parentPort?.postMessage({ id: turn.request.id, results: pack(turn.done) } satisfies TextsReply<unknown>);
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
