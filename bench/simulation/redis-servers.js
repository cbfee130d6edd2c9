/** A call over the network and back, without the work of Redis. */
const roundTripMs = 0.2;

/** The servers of a Redis: one, or the masters of a cluster, each with one core. A key belongs to one of them. */
export class RedisServers {
  /** @param {import('./clock.js').SimulatedClock} clock @param {number} count */
  constructor(clock, count) {
    this.clock = clock;
    this.servers = Array.from({ length: count }, () => ({ freeAt: 0, busyMs: 0 }));
    this.late = 0;
    this.calls = 0;
  }

  /**
   * Calls back with the time of Redis's answer; a caller waits for no longer than the time limit.
   *
   * @param {{ key: string, cpuMs: number, timeoutMs: number }} call
   * @param {(inTime: boolean) => void} answered
   */
  call({ key, cpuMs, timeoutMs }, answered) {
    const server = this.servers[hashOf(key) % this.servers.length];
    if (server === undefined) throw new RangeError('no servers');
    this.calls++;
    server.freeAt = Math.max(server.freeAt, this.clock.now) + cpuMs;
    server.busyMs += cpuMs;
    const takesMs = server.freeAt - this.clock.now + roundTripMs;
    const inTime = takesMs <= timeoutMs;
    if (!inTime) this.late++;
    this.clock.after(Math.min(takesMs, timeoutMs), () => answered(inTime));
  }
}

/** FNV-1a. @param {string} key */
function hashOf(key) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
