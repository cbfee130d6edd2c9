const DESTINATION = /^\w+:\/\/[^/?#]+/;

/** Scheme, host and port of a webhook's URL: one server, as far as can be told. */
export function destinationOf(url: string): string {
  return DESTINATION.exec(url)?.[0] ?? url;
}
