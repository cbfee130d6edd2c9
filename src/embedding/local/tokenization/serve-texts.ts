import { setImmediate } from 'node:timers/promises';
import { Link, parentLinkPort } from '../../../link/index.js';
import type { Reading } from '../../scheduling/embedding-queue.port.js';
import { WORK_ON_TEXTS, type TextsRequest } from './text-messages.js';

/** The time that one caller's texts may hold the thread before the next caller's texts run. */
const TURN_MS = 2;

interface Turn<Result> {
  readonly request: TextsRequest;
  readonly done: Result[];
  readonly resolve: (results: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes this thread the one of a TextThread. It works on the texts that arrive, and callers take turns.
 * @param pack Makes the results of a caller's texts, in their order, into the answer.
 */
export function serveTexts<Result>(
  workOn: (text: string, reading: Reading) => Result,
  pack: (results: readonly Result[]) => unknown,
): void {
  const turns: Turn<Result>[] = [];
  let working = Promise.resolve();

  /** Works on one caller's texts for one turn; true = the caller has its answer. */
  function takeTurn({ request, done, resolve, reject }: Turn<Result>): boolean {
    const until = performance.now() + TURN_MS;
    try {
      while (done.length < request.texts.length && performance.now() < until) {
        done.push(workOn(request.texts[done.length] ?? '', request));
      }
      if (done.length < request.texts.length) return false;
      resolve(pack(done));
    } catch (error) {
      reject(error);
    }
    return true;
  }

  async function work(): Promise<void> {
    for (let turn = turns[0]; turn !== undefined; turn = turns[0]) {
      turns.shift();
      if (takeTurn(turn)) continue;
      turns.push(turn);
      await setImmediate(); // lets in the requests that arrived meanwhile
    }
  }

  new Link(parentLinkPort()).answer(
    WORK_ON_TEXTS,
    (request) =>
      new Promise((resolve, reject) => {
        turns.push({ request, done: [], resolve, reject });
        if (turns.length === 1) working = working.then(work);
      }),
  );
}
