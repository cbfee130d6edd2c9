import { ServiceError } from '../../errors/index.js';
import type { ModelState } from '../embedding-provider.port.js';
import type { Clock } from '../scheduling/clock.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** The Retry-After of a model that was never loaded before. */
const UNKNOWN_LOAD_MS = 10_000;

interface Closable {
  close(): Promise<void>;
}

export interface ModelLoaderOptions<Model extends Closable> {
  /** For messages to callers. */
  readonly name: string;
  readonly load: () => Promise<Model>;
  /** A model that is not used for this time is closed; undefined = it stays loaded. */
  readonly keepLoadedMs: number | undefined;
  /** The longest time that a caller waits for the model. */
  readonly mostWaitMs: number;
  readonly clock: Clock;
  /** Hears why the model could not be loaded. */
  readonly onFailure: (error: unknown) => void;
  /** Is called before an idle model is closed. */
  readonly onUnload?: (model: Model) => void;
}

interface Failure {
  readonly cause: unknown;
  readonly retryAt: number;
  readonly delayMs: number;
}

/**
 * Loads a model when it is used, once for all who wait, and closes it when it was unused for a while. A caller waits for
 * a bounded time. After a failure, callers are refused until a delay is over, which doubles with each failure; then the next
 * use tries again.
 */
export class ModelLoader<Model extends Closable> {
  private model: Model | undefined;
  private loading: Promise<Model> | undefined;
  private unloading: Promise<void> | undefined;
  private failure: Failure | undefined;
  private users = 0;
  private loadingSince = 0;
  private lastLoadMs = UNKNOWN_LOAD_MS;
  private stopIdleTimer: () => void = () => undefined;
  private refuseAll: (error: ServiceError) => void = () => undefined;
  private readonly refused: Promise<never>;
  private isClosed = false;

  constructor(private readonly options: ModelLoaderOptions<Model>) {
    this.refused = new Promise((_, reject) => (this.refuseAll = reject));
    this.refused.catch(() => undefined); // without a waiting caller, the rejection is handled here
  }

  /** Undefined = it is not in memory. */
  get loaded(): Model | undefined {
    return this.model;
  }

  get state(): ModelState {
    if (this.model !== undefined) return 'loaded';
    if (this.loading !== undefined) return 'loading';
    return this.failure === undefined ? 'unloaded' : 'failed';
  }

  /** Milliseconds until the model will be loaded if it is used now, as far as that is known. */
  get waitingMs(): number {
    if (this.model !== undefined) return 0;
    const elapsedMs = this.loading === undefined ? 0 : this.options.clock.now() - this.loadingSince;
    return Math.max(0, this.lastLoadMs - elapsedMs);
  }

  /** Loads the model, however long that takes. Rejects with the reason. */
  async load(): Promise<Model> {
    if (this.model !== undefined) return this.model;
    if (this.loading === undefined) {
      this.loadingSince = this.options.clock.now();
      this.loading = this.start().finally(() => (this.loading = undefined));
    }
    return await this.loading;
  }

  /** Calls `work` with the model, which stays loaded until the work has ended. Rejects with a ServiceError if there is no model in time. */
  async use<Result>(work: (model: Model) => Promise<Result>): Promise<Result> {
    if (this.isClosed) throw shuttingDown();
    const result = (async () => await work(this.model ?? (await this.inTime())))();
    this.keepFor(result);
    return await result;
  }

  /** Keeps the model loaded until this has settled. */
  keepFor(work: Promise<unknown>): void {
    this.users++;
    this.stopIdleTimer();
    const leave = (): void => {
      this.users--;
      this.startIdleTimer();
    };
    work.then(leave, leave);
  }

  /** Refuses those who wait, and closes the model. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.stopIdleTimer();
    this.refuseAll(shuttingDown());
    await this.unloading;
    const model = this.model ?? (await this.loading?.catch(() => undefined));
    await model?.close();
  }

  private async start(): Promise<Model> {
    await this.unloading;
    const { clock, load } = this.options;
    try {
      const model = await load();
      this.lastLoadMs = clock.now() - this.loadingSince;
      this.failure = undefined;
      this.model = model;
      return model;
    } catch (error) {
      const delayMs = this.failure === undefined ? FIRST_RETRY_MS : Math.min(LONGEST_RETRY_MS, 2 * this.failure.delayMs);
      this.failure = { cause: error, delayMs, retryAt: clock.now() + delayMs };
      throw error;
    }
  }

  private async loadForCaller(): Promise<Model> {
    const { clock, onFailure } = this.options;
    if (this.failure !== undefined && this.failure.retryAt > clock.now()) throw this.cannotBeLoaded(this.failure);
    const isFirst = this.loading === undefined;
    try {
      return await this.load();
    } catch (error) {
      if (isFirst) onFailure(error);
      throw this.failure === undefined ? error : this.cannotBeLoaded(this.failure);
    }
  }

  private async inTime(): Promise<Model> {
    let stop: () => void = () => undefined;
    const tooLate = new Promise<never>((_, reject) => {
      stop = this.options.clock.after(this.options.mostWaitMs, () => reject(this.stillLoading()));
    });
    try {
      return await Promise.race([this.loadForCaller(), tooLate, this.refused]);
    } finally {
      stop();
    }
  }

  private startIdleTimer(): void {
    const { keepLoadedMs, clock } = this.options;
    if (keepLoadedMs === undefined || this.users > 0 || this.isClosed) return;
    this.stopIdleTimer();
    this.stopIdleTimer = clock.after(keepLoadedMs, () => this.unload());
  }

  private unload(): void {
    const { model } = this;
    if (model === undefined || this.users > 0) return;
    this.options.onUnload?.(model);
    this.model = undefined;
    this.unloading = model.close().catch(this.options.onFailure);
  }

  private stillLoading(): ServiceError {
    return unavailable(`The model ${this.options.name} is still being loaded; try again later.`, this.waitingMs);
  }

  private cannotBeLoaded({ cause, retryAt }: Failure): ServiceError {
    const retryInMs = retryAt - this.options.clock.now();
    return unavailable(`The model ${this.options.name} could not be loaded; the log of the service says why.`, retryInMs, cause);
  }
}

function unavailable(message: string, retryInMs: number, cause?: unknown): ServiceError {
  return new ServiceError('unavailable', message, { cause, retryAfterSeconds: Math.max(1, Math.ceil(retryInMs / 1000)) });
}

function shuttingDown(): ServiceError {
  return new ServiceError('shutting_down', 'The service is stopping; send the request to another instance.', { retryAfterSeconds: 1 });
}
