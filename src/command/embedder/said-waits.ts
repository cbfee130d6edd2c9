/** Tells the user of each pause of a RemoteTextEmbedder. */
export function saidWaits(say: (line: string) => void): (pauseMs: number, reason: string) => void {
  return (pauseMs, reason) => say(`${reason}: trying again in ${Math.ceil(pauseMs / 1000)} s`);
}
