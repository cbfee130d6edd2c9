import { fork } from 'node:child_process';

/** A program of this folder in a process of its own; answers one request after the other. */
export class ChildProgram {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
    this.child = fork(new URL(file, import.meta.url), { serialization: 'advanced' });
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
  }

  /**
   * Resolves to its answer; rejects with its error, or when it ends.
   *
   * @param {object} request
   * @returns {Promise<unknown>}
   */
  ask(request) {
    const answer = this.last.then(() => this.exchange(request));
    this.last = answer.catch(() => undefined); // whoever asked hears of it
    return answer;
  }

  /**
   * @param {object} request
   * @returns {Promise<unknown>}
   */
  exchange(request) {
    return new Promise((resolve, reject) => {
      const lost = () => reject(new Error(`${this.file} ended`));
      this.child.once('exit', lost);
      this.child.once('message', (/** @type {{ error?: string, result?: unknown }} */ { error, result }) => {
        this.child.off('exit', lost);
        if (error === undefined) resolve(result);
        else reject(new Error(`${this.file}: ${error}`));
      });
      this.child.send(request);
    });
  }

  stop() {
    this.child.kill('SIGKILL');
  }
}
