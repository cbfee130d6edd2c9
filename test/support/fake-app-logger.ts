import { FakeLogger } from '../../src/http/logger.fake.js';
import type { RequestLogger } from '../../src/server/request-log.js';

interface RequestLine {
  readonly level: 'info' | 'debug';
  readonly method: string;
  readonly route: string;
  readonly requestId: string;
  readonly status: number;
  readonly ms: number;
}

/** Records everything that the service logs. */
export class FakeAppLogger extends FakeLogger implements RequestLogger {
  /** The line of each request. */
  readonly requests: RequestLine[] = [];

  forRoute(method: string, route: string, level: RequestLine['level']): ReturnType<RequestLogger['forRoute']> {
    return (line) => void this.requests.push({ level, method, route, ...line });
  }

  /** All lines as text. */
  text(): string {
    return JSON.stringify([this.lines, this.requests]);
  }
}
