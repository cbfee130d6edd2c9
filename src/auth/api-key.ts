import type { ApiKeySettings } from '../config/index.js';

/** A key that is known, without its secret's hash. */
export type ApiKey = Omit<ApiKeySettings, 'hash'>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The key of the request; undefined = it has none, or one that is not known. */
    apiKey: ApiKey | undefined;
  }
}
