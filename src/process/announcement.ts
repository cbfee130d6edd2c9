/** Prints the addresses and a first request for the person who started the service. */
export function announce(port: number): void {
  const address = `http://localhost:${port}`;
  process.stdout.write(`
Listening on ${address}
Docs         ${address}/docs
Try          curl -s ${address}/embed -H 'content-type: application/json' -d '{"text":"Hello, world!"}'

`);
}
