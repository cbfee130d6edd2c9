import { Redis } from 'ioredis';
import { eventually } from './eventually.js';

/**
 * Waits until the replica of a master has received all that the master has acknowledged. Redis replicates later than it
 * answers, so a write that was acknowledged is lost if the master dies in between.
 */
export async function untilReplicated(url: string): Promise<void> {
  const admin = new Redis(url);
  try {
    await eventually('a replica that has received everything', async () => {
      const replication = await admin.info('replication');
      const own = /master_repl_offset:(\d+)/.exec(replication)?.[1];
      const received = /slave0:.*state=online,offset=(\d+)/.exec(replication)?.[1];
      return own !== undefined && own === received;
    });
  } finally {
    admin.disconnect();
  }
}
