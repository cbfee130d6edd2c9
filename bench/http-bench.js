import { checkAnswers } from './answer-check.js';
import { ChildProgram } from './child-program.js';

/** @typedef {import('./load-program.js').LoadMeasurement} LoadMeasurement */
/** @typedef {import('./load-program.js').Workload} Workload */
/** @typedef {import('./request-source.js').Server} Server */

/** The number of texts whose vectors are checked in each measurement. */
const textsChecked = 64;

/** Measures a server over HTTP and checks its answers. */
export class HttpBench {
  /**
   * @param {Server} server
   * @param {{ reference: import('./answer-check.js').Reference, lowestCosine: number }} check
   */
  constructor(server, check) {
    this.server = server;
    this.check = { ...check, api: server.api };
    this.generator = new ChildProgram('./load-program.js');
    /** The highest share of a core that the load generator took. */
    this.highestCpuShare = 0;
  }

  /**
   * @param {Workload} workload
   * @param {{ warmUpMs: number, windowMs: number }} timing
   * @returns {Promise<LoadMeasurement>}
   */
  async measure(workload, timing) {
    const samples = Math.max(1, Math.floor(textsChecked / workload.textsPerRequest));
    const job = { server: this.server, workload, samples, ...timing };
    const measurement = /** @type {LoadMeasurement} */ (await this.generator.ask(job));
    await checkAnswers(measurement, this.check);
    this.highestCpuShare = Math.max(this.highestCpuShare, measurement.cpuShare);
    return measurement;
  }

  stop() {
    this.generator.stop();
  }
}
