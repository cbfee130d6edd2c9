import type { Priority } from '../embedding-provider.port.js';
import { SYSTEM_CLOCK, type Clock } from './clock.js';

/** A longer run does not keep others from its cores: its process may hang, and is ended only after INFERENCE_TIMEOUT_MS. */
const LONGEST_HOLD_MS = 2_000;

/** The group that a model would run now. */
export interface NextGroup {
  readonly priority: Priority;
  /** Threads of the process that would run it. */
  readonly threads: number;
}

/** A model that shares the cores with others. */
export interface Contender {
  /** Its share of the time while other models wait too: with twice the weight it gets twice the time. */
  readonly weight: number;
  /** Undefined = no text waits, or no process is idle. */
  next(): NextGroup | undefined;
  /** Starts that group, and ends the turn when the group has ended, whether it was computed or not. */
  run(turn: Turn): void;
}

/** The right to run one group. */
export interface Turn {
  /** Whether no other model runs a group or waits for a turn. */
  readonly isAlone: boolean;
  /** How many groups of this kind may start now, this one included. */
  readonly groups: number;
  /** Calls after the first do nothing. */
  end(): void;
}

/** A contender, and the time that it has had. */
interface Seat {
  readonly contender: Contender;
  /** Virtual time at which it has used up its turns. */
  readonly due: Record<Priority, number>;
  /** Number of its last turn. */
  lastTurn: number;
  /** Milliseconds of its last turn; the next one is expected to take as long. */
  lastMs: number;
}

interface Candidate extends NextGroup {
  readonly seat: Seat;
  /** Virtual time at which its turn may begin. */
  readonly start: number;
}

/**
 * Decides which model runs a group next, so that no more threads compute than there are cores, over all models.
 *
 * Groups of callers come before groups of jobs. Within each of the two, order is start-time fair queueing over models (Goyal,
 * Vin and Cheng, 1996), counted in milliseconds of a core and divided by the weight of the model. The time of a run is not
 * known before, so a turn is charged what the last one took, and corrected at its end. A model that did not wait is not
 * owed the time that it left to others.
 *
 * If a group needs more cores than are free, all wait for it, because smaller groups would otherwise always overtake it. A run
 * that takes long goes on beside others, which is better than to wait for a process that hangs.
 */
export class InferenceArbiter {
  private readonly seats = new Map<Contender, Seat>();
  private readonly virtualTime: Record<Priority, number> = { interactive: 0, background: 0 };
  private free: number;
  private turns = 0;
  private isDispatching = false;

  constructor(
    private readonly cores: number,
    private readonly clock: Clock = SYSTEM_CLOCK,
  ) {
    this.free = cores;
  }

  add(contender: Contender): void {
    this.seats.set(contender, { contender, due: { interactive: 0, background: 0 }, lastTurn: 0, lastMs: 0 });
  }

  /** Turns that it has had must still be ended. */
  remove(contender: Contender): void {
    this.seats.delete(contender);
  }

  /** Gives every turn that can be given now. A model calls it when a text has come, or a process is idle. */
  dispatch(): void {
    if (this.isDispatching) return; // a turn has ended at once
    this.isDispatching = true;
    try {
      while (this.giveTurn());
    } finally {
      this.isDispatching = false;
    }
  }

  private giveTurn(): boolean {
    const candidates = this.candidates();
    const chosen = firstOf(candidates);
    if (chosen === undefined || chosen.threads > this.free) return false;
    const isAlone = candidates.length === 1 && this.free === this.cores;
    const groups = Math.floor(this.free / chosen.threads);
    chosen.seat.contender.run({ isAlone, groups, end: this.begin(chosen) });
    return true;
  }

  private candidates(): readonly Candidate[] {
    const candidates: Candidate[] = [];
    for (const seat of this.seats.values()) {
      const group = seat.contender.next();
      if (group === undefined) continue;
      const { priority } = group;
      const threads = Math.min(group.threads, this.cores);
      candidates.push({ seat, priority, threads, start: Math.max(seat.due[priority], this.virtualTime[priority]) });
    }
    return candidates;
  }

  /** Takes the cores of a turn; returns the function that ends it. */
  private begin({ seat, priority, threads, start }: Candidate): () => void {
    const { weight } = seat.contender;
    const startedAt = this.clock.now();
    this.free -= threads;
    this.virtualTime[priority] = start;
    seat.due[priority] = start + (seat.lastMs * threads) / weight;
    seat.lastTurn = ++this.turns;
    const expectedMs = seat.lastMs;
    const giveBack = once(() => void (this.free += threads));
    const stopWaiting = this.clock.after(LONGEST_HOLD_MS, () => {
      giveBack();
      this.dispatch();
    });
    return once(() => {
      stopWaiting();
      giveBack();
      seat.lastMs = this.clock.now() - startedAt;
      seat.due[priority] += ((seat.lastMs - expectedMs) * threads) / weight;
      this.dispatch();
    });
  }
}

/** The function, whose later calls do nothing. */
function once(callback: () => void): () => void {
  let isCalled = false;
  return () => {
    if (isCalled) return;
    isCalled = true;
    callback();
  };
}

function firstOf(candidates: readonly Candidate[]): Candidate | undefined {
  let first: Candidate | undefined;
  for (const candidate of candidates) if (first === undefined || comesBefore(candidate, first)) first = candidate;
  return first;
}

function comesBefore(left: Candidate, right: Candidate): boolean {
  if (left.priority !== right.priority) return left.priority === 'interactive';
  if (left.start !== right.start) return left.start < right.start;
  return left.seat.lastTurn < right.seat.lastTurn;
}
