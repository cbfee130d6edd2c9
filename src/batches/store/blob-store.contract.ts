import { Readable } from 'node:stream';
import type { BlobStore } from './blob-store.port.js';

const PART = 100_000;

function content(...parts: readonly Uint8Array[]): Readable {
  return Readable.from(parts);
}

async function bytesOf(store: BlobStore, id: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of store.read(id)) parts.push(part);
  return Buffer.concat(parts);
}

/** The contract of every BlobStore; `open` gives an empty one. */
export function describeBlobStore(name: string, open: () => Promise<BlobStore>): void {
  describe(`${name}, like every blob store`, () => {
    let store: BlobStore;

    beforeEach(async () => {
      store = await open();
    });

    it('gives back every byte, and counts them', async () => {
      const parts = Array.from({ length: 12 }, (_, index) => Buffer.alloc(PART, index));
      expect(await store.write('a', content(...parts))).toBe(12 * PART);
      expect((await bytesOf(store, 'a')).equals(Buffer.concat(parts))).toBe(true);
      expect(await bytesOf(store, 'b')).toEqual(Buffer.alloc(0));
    });

    it('replaces content, also with empty content', async () => {
      await store.write('a', content(Buffer.alloc(3 * PART, 1)));
      await store.write('a', content(Buffer.from('new')));
      expect((await bytesOf(store, 'a')).toString()).toBe('new');
      expect(await store.write('a', content())).toBe(0);
      expect(await bytesOf(store, 'a')).toEqual(Buffer.alloc(0));
    });

    it('keeps the old content if the new content ends in an error', async () => {
      await store.write('a', content(Buffer.from('old')));
      function* broken(): Generator<Uint8Array> {
        yield Buffer.alloc(4 * PART, 2);
        throw new Error('the caller went away');
      }
      await expect(store.write('a', Readable.from(broken()))).rejects.toThrow('the caller went away');
      expect((await bytesOf(store, 'a')).toString()).toBe('old');
    });

    it('removes content', async () => {
      await store.write('a', content(Buffer.from('x')));
      await store.remove('a');
      await store.remove('a');
      expect(await bytesOf(store, 'a')).toEqual(Buffer.alloc(0));
    });
  });
}
