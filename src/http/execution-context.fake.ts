import type { ExecutionContext } from '@nestjs/common';

/** For tests: where Nest calls a guard, filter or interceptor, with this request and reply. */
export function httpContext(request: object, reply: object = {}): ExecutionContext {
  const http = { getRequest: () => request, getResponse: () => reply, getNext: () => undefined };
  return { switchToHttp: () => http } as unknown as ExecutionContext;
}
