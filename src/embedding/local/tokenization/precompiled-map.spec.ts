import { PrecompiledMap } from './precompiled-map.js';

const BLOCK_UNITS = 256;
const LEAF = 0x100;

interface Node {
  readonly children: Map<number, Node>;
  text?: string;
}

/** A map as SentencePiece writes it, of one block of the trie for each node. */
function mapOf(texts: Readonly<Record<string, string>>): PrecompiledMap {
  const root: Node = { children: new Map() };
  for (const [from, to] of Object.entries(texts)) {
    let node = root;
    for (const byte of Buffer.from(from)) {
      const next: Node = node.children.get(byte) ?? { children: new Map() };
      node.children.set(byte, next);
      node = next;
    }
    node.text = to;
  }
  const units: number[] = [];
  const blob: number[] = [];
  let blocks = 1;

  /** Writes the children of a node to its block; `place` is where the node's own unit stands. */
  function write(node: Node, place: number): number {
    const block = blocks++ * BLOCK_UNITS;
    if (node.text !== undefined) {
      units[block] = blob.length;
      blob.push(...Buffer.from(node.text), 0);
    }
    for (const [byte, child] of node.children) {
      const at = block ^ byte;
      units[at] = byte | (child.text === undefined ? 0 : LEAF) | (write(child, at) << 10);
    }
    return block ^ place;
  }

  units[0] = write(root, 0) << 10;
  const trie = Uint32Array.from({ length: blocks * BLOCK_UNITS }, (_, index) => units[index] ?? 0);
  const size = Uint32Array.of(trie.byteLength);
  return new PrecompiledMap(
    Buffer.concat([new Uint8Array(size.buffer), new Uint8Array(trie.buffer), Uint8Array.from(blob)]).toString('base64'),
  );
}

describe('the normalisation that a tokenizer carries', () => {
  const map = mapOf({ ｶ: 'カ', ﾞ: '\u3099', 'e\u0301': '\u00e9', '\u200d': ' ', ﬁ: 'fi', '\u3000': ' ' });

  it.each([
    ['plain ASCII stays', 'A plain text.', 'A plain text.'],
    ['characters that are not in the map stay', 'Привет, 世界', 'Привет, 世界'],
    ['a character becomes several', 'ﬁn', 'fin'],
    ['a short grapheme is looked up as a whole', 'cafe\u0301', 'caf\u00e9'],
    ['a longer one is looked up character by character, and not composed', 'ｶﾞ', 'カ\u3099'],
    ['joined emoji come apart at their joiners', '👨\u200d👩', '👨 👩'],
    ['the library takes the shortest beginning that it finds', 'e\u0301\u0323', '\u00e9'],
  ])('%s', (_, text, normalized) => {
    expect(map.normalize(text)).toBe(normalized);
  });

  it('gives the same result for a character that occurred before', () => {
    expect([map.normalize('\u3000ﬁ'), map.normalize('ﬁ\u3000')]).toEqual([' fi', 'fi ']);
  });
});
