import { redisStoreErrors } from '../../redis/index.js';

/** Turns errors of Redis into those that the ports of the stores name. */
export const asking = redisStoreErrors({ keeps: 'files', retryAfterSeconds: 5 });
