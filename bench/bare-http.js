import { ChildProgram } from './child-program.js';

/** Starts a bare Fastify in a process of its own, which shows the cost of HTTP alone. */
export class BareHttp {
  /**
   * @param {ChildProgram} child
   * @param {string} url
   */
  constructor(child, url) {
    this.child = child;
    this.url = url;
  }

  /** @param {{ native: ReadonlyMap<string, string>, openAi: ReadonlyMap<string, string> }} answers The answer to each text, by API. */
  static async start(answers) {
    const child = new ChildProgram('./bare-http-program.js');
    return new BareHttp(child, /** @type {string} */ (await child.ask(answers)));
  }

  stop() {
    this.child.stop();
  }
}
