/** The program of the thread that writes: waiting for the disk and for other processes' locks is nobody's but its own. */
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openDiskFile } from './disk-file.js';
import type { DiskReply, DiskRequest, DiskWriterData } from './disk-writer-messages.js';
import { DiskWriter } from './disk-writer.js';

/** How long a deletion by another process stays unnoticed. */
const LOOK_EVERY_MS = 100;
const SWEEP_EVERY_MS = 60_000;
const SWEEP_ENTRIES = 500;

const { folder, limits } = workerData as DiskWriterData;
const file = openDiskFile(folder);
const writer = new DiskWriter(file, limits, (keys) => reply({ type: 'deleted-by-others', keys }));
const closing = new AbortController();

function reply(message: DiskReply): void {
  parentPort?.postMessage(message);
}

function perform(request: DiskRequest): readonly string[] {
  switch (request.type) {
    case 'put':
      writer.put(request.entries);
      return [];
    case 'delete':
      return writer.delete(request.keys);
    case 'clear':
      writer.clear();
      return [];
    case 'close':
      closing.abort();
      return [];
  }
}

function answer(request: DiskRequest): void {
  try {
    reply({ type: 'done', removed: perform(request) });
  } catch (error) {
    reply({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

/** What fails here fails in the next write too, which says so. */
function quietly(task: () => void): void {
  try {
    task();
  } catch {
    // as above
  }
}

async function sweep(): Promise<void> {
  let more = true;
  while (more && !closing.signal.aborted) {
    more = false;
    quietly(() => (more = writer.sweep(SWEEP_ENTRIES)));
    await setImmediate(); // a request may wait
  }
}

const looking = setInterval(() => quietly(() => writer.look()), LOOK_EVERY_MS);
const sweeping = setInterval(() => void sweep(), SWEEP_EVERY_MS); // sweep() catches what can fail
parentPort?.on('message', (request: DiskRequest) => {
  answer(request);
  if (!closing.signal.aborted) return;
  clearInterval(looking);
  clearInterval(sweeping);
  void file.root.close().finally(() => parentPort?.close());
});
void sweep();
