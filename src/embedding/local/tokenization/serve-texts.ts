import { setImmediate } from 'node:timers/promises';
import { cutText, type PackedChunks, type Ruler } from '../../../chunks/index.js';
import { Link, parentLinkPort } from '../../../link/index.js';
import type { Cutting, Reading } from '../../scheduling/embedding-queue.port.js';
import { CUT_DOCUMENT, WORK_ON_TEXTS, type TextsRequest } from './text-messages.js';

/** The time that the work of one caller may hold the thread before the next caller's work runs. */
const TURN_MS = 2;

interface Turn {
  /** Does a small part of the work at each step. */
  readonly work: Iterator<undefined, unknown>;
  readonly resolve: (results: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The work of a thread that reads texts. */
interface TextWork<Result> {
  readonly workOn: (text: string, reading: Reading) => Result;
  /** Makes the results of a caller's texts, in their order, into the answer. */
  readonly pack: (results: readonly Result[]) => unknown;
  /** Counts tokens of texts with this prompt before them. */
  readonly rulerOf: (prompt: string) => Ruler;
}

/** Makes this thread the one of a TextThread. It does the work that arrives, and callers take turns. */
export function serveTexts<Result>({ workOn, pack, rulerOf }: TextWork<Result>): void {
  function* read(request: TextsRequest): Generator<undefined, unknown> {
    const done: Result[] = [];
    for (const text of request.texts) {
      done.push(workOn(text, request));
      yield;
    }
    return pack(done);
  }

  const cut = ({ prompt, ...document }: Cutting): Iterator<undefined, unknown> => cutText(document, rulerOf(prompt), document);

  const turns = new Turns();
  const link = new Link(parentLinkPort());
  link.answer(WORK_ON_TEXTS, async (request) => await turns.finish(read(request)));
  link.answer(CUT_DOCUMENT, async (request) => (await turns.finish(cut(request))) as PackedChunks);
}

/** Work that is done in turns. */
class Turns {
  private readonly turns: Turn[] = [];
  private working = Promise.resolve();

  /** Resolves to what the work returns. */
  finish(work: Turn['work']): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.turns.push({ work, resolve, reject });
      if (this.turns.length === 1) this.working = this.working.then(async () => await this.work());
    });
  }

  private async work(): Promise<void> {
    for (let turn = this.turns[0]; turn !== undefined; turn = this.turns[0]) {
      this.turns.shift();
      if (isFinished(turn)) continue;
      this.turns.push(turn);
      await setImmediate(); // lets in the requests that arrived meanwhile
    }
  }
}

/** Works for one turn; true = the caller has its answer. */
function isFinished({ work, resolve, reject }: Turn): boolean {
  const until = performance.now() + TURN_MS;
  try {
    for (let step = work.next(); ; step = work.next()) {
      if (step.done === true) {
        resolve(step.value);
        return true;
      }
      if (performance.now() >= until) return false;
    }
  } catch (error) {
    reject(error);
    return true;
  }
}
