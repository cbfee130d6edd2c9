/**
 * What answers whoever asks, however often: the front page (its path is empty) and its assets, probes, scrapes, the
 * documentation. Nothing of them is secret. Whatever is not named here needs a key where keys are set.
 */
const OPEN_ROUTES = /^\/(?:(?:|health|ready|metrics|docs|docs-json)(?:\?|$)|(?:assets|health|docs)\/)/;

export function isOpenRoute(url: string): boolean {
  return OPEN_ROUTES.test(url);
}

/** The queue board, for browsers: it asks for its admin key itself, as a browser understands it. */
export function isBoardRoute(url: string): boolean {
  return /^\/queues(?:[/?]|$)/.test(url);
}
