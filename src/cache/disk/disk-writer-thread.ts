/** The program of the thread that writes: only this thread waits for the disk and for the locks of other processes. */
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Link, parentLinkPort } from '../../link/index.js';
import { openDiskFile } from './disk-file.js';
import { CLEAR, CLOSE, DELETE, DELETED_BY_OTHERS, PUT, type DiskWriterData } from './disk-writer-messages.js';
import { DiskWriter } from './disk-writer.js';

/** The longest time for which a deletion by another process stays unnoticed. */
const LOOK_EVERY_MS = 100;
const SWEEP_EVERY_MS = 60_000;
const SWEEP_ENTRIES = 500;

const { folder, limits } = workerData as DiskWriterData;
const file = openDiskFile(folder);
const link = new Link(parentLinkPort());
const writer = new DiskWriter(file, limits, (keys) => link.notify(DELETED_BY_OTHERS, keys));
const closing = new AbortController();

link.answer(PUT, (entries) => writer.put(entries));
link.answer(DELETE, (keys) => writer.delete(keys));
link.answer(CLEAR, (prefix) => writer.clear(prefix));
link.answer(CLOSE, () => close());

function close(): void {
  closing.abort();
  clearInterval(looking);
  clearInterval(sweeping);
  void file.root.close().finally(() => parentPort?.close());
}

/** If this fails, the next write fails too, and reports it. */
function quietly(task: () => void): void {
  try {
    task();
  } catch {
    // reported by the next write
  }
}

async function sweep(): Promise<void> {
  let more = true;
  while (more && !closing.signal.aborted) {
    more = false;
    quietly(() => (more = writer.sweep(SWEEP_ENTRIES)));
    await setImmediate(); // a request may be waiting
  }
}

const looking = setInterval(() => quietly(() => writer.look()), LOOK_EVERY_MS);
const sweeping = setInterval(() => void sweep(), SWEEP_EVERY_MS); // sweep() handles its own errors
void sweep();
