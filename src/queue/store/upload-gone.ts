import { ServiceError } from '../../errors/index.js';

export function uploadGone(): ServiceError {
  return new ServiceError('unavailable', 'The upload took too long and was given up; send it again.', { retryAfterSeconds: 1 });
}
