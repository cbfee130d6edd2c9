import { EventLoop } from './event-loop.js';

/** @typedef {import('./http-process.js').Outcome} Outcome */
/** @typedef {{ requestMicroseconds: number, connections: number }} LoadCosts The CPU time of the load generator for a request, and its connections. */

/** The parts of that work: until a request is timed, until it is sent, and until its answer is read. */
const shares = { before: 0.15, send: 0.35, receive: 0.5 };

/** The program that sends requests and times the answers, like RealLoad. It shares the cores with the service. */
export class LoadGenerator {
  /** @param {import('./machine.js').Machine} machine @param {LoadCosts} costs */
  constructor(machine, { requestMicroseconds, connections }) {
    this.clock = machine.clock;
    this.loop = new EventLoop(machine);
    this.requestMs = requestMicroseconds / 1000;
    this.free = connections;
    /** @type {(() => void)[]} */
    this.waiting = [];
  }

  /**
   * Sends a request when a connection is free.
   *
   * @param {(answered: (outcome: Outcome) => void) => void} send
   * @param {(sentAt: number, outcome: Outcome) => void} done
   */
  exchange(send, done) {
    if (this.free === 0) {
      this.waiting.push(() => this.exchange(send, done));
      return;
    }
    this.free--;
    this.loop.work(this.requestMs * shares.before, () => {
      const sentAt = this.clock.now;
      const receive = (/** @type {Outcome} */ outcome) =>
        this.loop.work(this.requestMs * shares.receive, () => {
          done(sentAt, outcome);
          this.free++;
          this.waiting.shift()?.();
        });
      this.loop.work(this.requestMs * shares.send, () => send(receive));
    });
  }
}
