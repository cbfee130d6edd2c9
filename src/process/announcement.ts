/** What a person who has started the service wants to know. */
export function announce(port: number): void {
  const address = `http://localhost:${port}`;
  process.stdout.write(`
Listening on ${address}
Docs         ${address}/docs
Try          curl -s ${address}/embed -H 'content-type: application/json' -d '{"text":"Hello, world!"}'

`);
}
