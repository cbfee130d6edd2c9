import { ServiceError } from '../../../errors/index.js';

export function shuttingDown(cause?: unknown): ServiceError {
  return new ServiceError('shutting_down', 'The service is stopping; send the request to another instance.', {
    cause,
    retryAfterSeconds: 1,
  });
}

export function unavailable(delayMs: number): ServiceError {
  return new ServiceError('unavailable', 'The model cannot be run at the moment.', { retryAfterSeconds: Math.ceil(delayMs / 1000) });
}
