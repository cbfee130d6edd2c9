import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connectRedis } from './connect-redis.js';

const DEPTH = 200_000;

let server: Server;
const sockets: Socket[] = [];

afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  await closed;
});

/** A server that attacks its clients: after the greeting, it answers every command with arrays in arrays. */
async function startMaliciousRedis(): Promise<string> {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const commands = data
        .toString()
        .split(/^\*\d+\r\n/m)
        .slice(1);
      for (const command of commands) socket.write(/\r\nget\r\n/i.test(command) ? `${'*1\r\n'.repeat(DEPTH)}:1\r\n` : '+OK\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('connectRedis', () => {
  it('rejects a command whose reply is nested endlessly, and the process survives', async () => {
    const redis = await connectRedis(await startMaliciousRedis(), 'test');
    await expect(redis.get('key')).rejects.toThrow('Maximum call stack');
    redis.disconnect();
  });
});
