import fastify from 'fastify';
import * as fc from 'fast-check';
import { clientAddress, trustedProxies } from './client-address.js';

const SETTINGS = [false, true, 0, 1, 2, ['loopback', '10.0.0.0/8'], ['fd00::/8']] as const;

/** What Fastify and what clientAddress make of a request that came from `address` with this header. */
async function bothAddresses(
  trustProxy: (typeof SETTINGS)[number],
  address: string,
  forwarded: string | undefined,
): Promise<readonly string[]> {
  const trusted = trustedProxies({ trustProxy });
  const app = fastify({ trustProxy: trusted });
  app.get('/', (request) => [request.ip, clientAddress(request.raw, trusted)]);
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const answer = await app.inject({ method: 'GET', url: '/', remoteAddress: address, headers });
  return answer.json();
}

describe('clientAddress', () => {
  it('finds the address that Fastify finds', async () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('127.0.0.1', '::1', '10.1.2.3', 'fd00::1', '::ffff:10.0.0.1'));
    const entry = fc.oneof(address, fc.constantFrom('', 'unknown', 'key:admin', '10.1.2.3:80', '[::1]'));
    const header = fc.option(
      fc.array(entry, { maxLength: 4 }).map((entries) => entries.join(', ')),
      { nil: undefined },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SETTINGS), address, header, async (trustProxy, from, forwarded) => {
        const [ofFastify, own] = await bothAddresses(trustProxy, from, forwarded);
        expect(own).toBe(ofFastify);
      }),
      { seed: 20_269, numRuns: 200 },
    );
  });

  it.each([
    [false, '127.0.0.1'],
    [1, '203.0.113.7'],
    [true, '198.51.100.9'],
  ] as const)('with TRUST_PROXY=%s is %s', async (trustProxy, expected) => {
    expect(await bothAddresses(trustProxy, '127.0.0.1', '198.51.100.9, 203.0.113.7')).toEqual([expected, expected]);
  });
});
