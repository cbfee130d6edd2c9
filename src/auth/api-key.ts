import type { ApiKeySettings } from '../config/index.js';

/** Whose key a request carries, once it is known to be one. */
export type ApiKey = Omit<ApiKeySettings, 'hash'>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request carries; undefined = none, or one that is not known. */
    apiKey: ApiKey | undefined;
  }
}
