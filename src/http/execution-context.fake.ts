import type { ExecutionContext } from '@nestjs/common';

/** For tests: the context in which Nest calls a guard, filter or interceptor. */
export function httpContext(request: object, reply: object = {}): ExecutionContext {
  const http = { getRequest: () => request, getResponse: () => reply, getNext: () => undefined };
  return { switchToHttp: () => http } as unknown as ExecutionContext;
}
