import { fork } from 'node:child_process';

/** Runs a program of this folder in a process of its own, which answers one request after the other. */
export class ChildProgram {
  /**
   * @param {string} file
   * @param {readonly string[]} [parameters]
   */
  constructor(file, parameters = []) {
    this.file = file;
    this.child = fork(new URL(file, import.meta.url), parameters, { serialization: 'advanced' });
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
  }

  /**
   * Resolves to the answer of the program; rejects with its error, or when the program ends.
   *
   * @param {object} request
   * @returns {Promise<unknown>}
   */
  ask(request) {
    const answer = this.last.then(() => this.exchange(request));
    this.last = answer.catch(() => undefined); // the caller of this request gets the error
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
