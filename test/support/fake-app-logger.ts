import { FakeLogger } from '../../src/http/logger.fake.js';
import type { RequestLogger, RequestLogLevel } from '../../src/server/request-log.js';
import type { RequestReport } from '../../src/stats/index.js';

interface LoggedRequest extends RequestReport {
  readonly level: RequestLogLevel;
  readonly method: string;
  readonly route: string;
}

/** Records everything that the service logs. */
export class FakeAppLogger extends FakeLogger implements RequestLogger {
  /** The line of each request. */
  readonly requests: LoggedRequest[] = [];

  forRoute(method: string, route: string): ReturnType<RequestLogger['forRoute']> {
    return (level, line) => void this.requests.push({ level, method, route, ...line });
  }

  /** All lines as text. */
  text(): string {
    return JSON.stringify([this.lines, this.requests]);
  }
}
