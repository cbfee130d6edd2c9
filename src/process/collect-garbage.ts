import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8 shrinks the space for young objects only while little is allocated, so the collection waits for the end of the start. */
const DELAY_MS = 10_000;

/** Gives the memory back that only the start needed, some 30 MB. V8 by itself would keep it until the process is busy. */
export function collectGarbageOfStart(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc'); // otherwise Node has gc() only with an option at its start
    (runInNewContext('gc') as () => void)();
  }, DELAY_MS).unref();
}
