/**
 * What one unit of work costs, as measured in November 2026 on virtual machines of two cores (AMD EPYC, Intel Xeon) with
 * Node 20 and the bundled all-MiniLM-L6-v2 with int8 weights. Measure your own machine with the command that each one names.
 */
export interface MeasuredCosts {
  /** CPU of the HTTP process for a text whose vector is in the cache, garbage collection included. `npm run bench`, the rows "hits". */
  readonly hitMicroseconds: number;
  /** CPU of the HTTP process's own thread for a text that is computed: bodies, tokens, messages. `npm run bench`, the causes below the table. */
  readonly missMicroseconds: number;
  /** CPU of V8's threads and of the thread that writes to the disk, for a text that is computed. The same place. */
  readonly missThreadsMicroseconds: number;
  /** CPU of inference for a token, padding included: 2.1 ms for a text of 32 tokens. The same place. */
  readonly inferenceMsPerToken: number;
  /** CPU of the HTTP process for one call to Redis. `npm run bench:redis`. */
  readonly redisCallMicroseconds: number;
  /** CPU of Redis for one call of the rate limit, a script. `npm run bench:redis`. */
  readonly limiterRedisMicroseconds: number;
  /** Commands in that call, the script itself included. `npm run bench:redis`, and a test. */
  readonly limiterCommands: number;
  /** CPU of Redis for a vector that the cache reads. `npm run bench:redis`. */
  readonly readRedisMicroseconds: number;
  /** CPU of Redis for a vector that the cache writes. `npm run bench:redis`. */
  readonly writeRedisMicroseconds: number;
  /** Memory of Redis for an admitted call that is still in the window of the rate limit. `npm run bench:redis`. */
  readonly limiterEntryBytes: number;
  /** Memory of Redis for a stored vector, besides the vector: the key of 76 characters, the entry, the expiry. docs/scale-out.md. */
  readonly redisEntryBytes: number;
  /** Resident memory of an HTTP process after the start. `npm run bench`, the lines "RSS". */
  readonly httpProcessMebibytes: number;
  /** Resident memory of an inference process at the end. `npm run bench`, the lines "RSS". */
  readonly inferenceProcessMebibytes: number;
  /** JSON of one number of a vector in an answer. 384 numbers take 4.1 KB. */
  readonly jsonBytesPerNumber: number;
  /** Characters of a request's text for a token, in English. */
  readonly charactersPerToken: number;
}

export const MEASURED_COSTS: MeasuredCosts = {
  hitMicroseconds: 45,
  missMicroseconds: 400,
  missThreadsMicroseconds: 170,
  inferenceMsPerToken: 0.065,
  redisCallMicroseconds: 35,
  limiterRedisMicroseconds: 26,
  limiterCommands: 8,
  readRedisMicroseconds: 15,
  writeRedisMicroseconds: 20,
  limiterEntryBytes: 156,
  redisEntryBytes: 552,
  httpProcessMebibytes: 210,
  inferenceProcessMebibytes: 164,
  jsonBytesPerNumber: 10.7,
  charactersPerToken: 5,
};

/** The plan loads a core by this share at most. The rest is for peaks: above it, queues grow fast. */
export const BUSIEST_SHARE = 0.7;
