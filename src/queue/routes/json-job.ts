import { faulty } from '../../errors/index.js';
import { JsonTokens, notJson, type JsonToken } from '../../http/index.js';
import { EventLoopTurn } from '../../process/index.js';
import type { UploadItem } from '../items-in-chunks.js';
import type { JobDetails } from '../store/job-store.port.js';
import { JsonJobReader, type JsonJobLimits } from './json-job-reader.js';
import { documentLimits } from './job-limits.js';
import { longestJsonOf } from './longest-json.js';

/** Bytes that are read between two looks at the clock. */
const SLICE_BYTES = 16 * 1024;

/** A job in JSON, whose texts are read as their bytes arrive: one slice of the body at most is in memory. The first fault ends it. */
export class JsonJob {
  private readonly reader: JsonJobReader;
  private readonly tokens: JsonTokens;

  constructor(
    private readonly body: AsyncIterable<Buffer>,
    limits: JsonJobLimits,
  ) {
    this.reader = new JsonJobReader(limits);
    this.tokens = new JsonTokens(Math.min(longestJsonOf(documentLimits(limits)), limits.maxBytesPerCaller), () =>
      faulty(this.reader.place, 'is longer than any text may be'),
    );
  }

  /** Complete when the items have ended, because the fields may stand in any order. */
  get details(): JobDetails {
    return this.reader.details;
  }

  /** Whether the details that decide how texts are cut can no longer change. */
  get isSettled(): boolean {
    return this.reader.isSettled;
  }

  async *items(): AsyncGenerator<UploadItem> {
    const turn = new EventLoopTurn();
    for await (const chunk of this.body) {
      for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
        yield* this.itemsOf(this.tokens.push(chunk.subarray(from, from + SLICE_BYTES)));
        if (turn.isOver) await turn.next();
      }
    }
    yield* this.itemsOf(this.tokens.end());
    if (!this.reader.isDone) throw this.reader.hasBegun ? notJson() : faulty('body', 'must be a JSON object');
  }

  private *itemsOf(tokens: Iterable<JsonToken>): Generator<UploadItem> {
    for (const token of tokens) {
      const text = this.reader.take(token);
      if (text !== undefined) yield { text };
    }
  }
}
