import { closeSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { encodeOpset, encodeTensorHead, startOfField } from './onnx-encoding.js';
import type { OnnxDocument } from './onnx-document.js';
import { GRAPH, MODEL_GRAPH, MODEL_OPSET } from './onnx-fields.js';
import type { PendingTensor } from './onnx-tensor.js';
import type { Range } from './protobuf-file.js';

export interface NewGraph {
  /** Fields that are taken over as they are, or the content of new nodes, in the order in which they run. */
  readonly nodes: readonly (Range | Buffer)[];
  readonly tensors: readonly (Range | PendingTensor)[];
  /** Taken over, or the content of new ones. */
  readonly outputs: readonly (Range | Buffer)[];
  readonly inputs: readonly Range[];
  /** All other fields of the graph. */
  readonly rest: readonly Range[];
  /** Domains of operators that the model did not use, with their versions. */
  readonly newOpsets: ReadonlyMap<string, number>;
}

/** Smaller ones stay in the model, as shapes of other nodes must. */
const LEAST_EXTERNAL_BYTES = 1_024;

export interface OnnxTarget {
  readonly path: string;
  /** If the weights have more, they lie in a `_data` file beside the model. */
  readonly mostBytes: number;
}

/** Writes a model with the graph in place of its own. */
export async function writeOnnx(document: OnnxDocument, graph: NewGraph, { path, mostBytes }: OnnxTarget): Promise<void> {
  const bytes = graph.tensors.reduce((sum, tensor) => sum + ('byteLength' in tensor ? tensor.byteLength : tensor.end - tensor.start), 0);
  const data = bytes > mostBytes ? new DataFile(`${path}_data`) : undefined;
  const file = openSync(path, 'w');
  const write = (content: Uint8Array): void => writeAll(file, content);
  try {
    const pieces = [
      ...fieldPieces(document, GRAPH.node, graph.nodes),
      ...tensorPieces(document, graph, data),
      ...graph.rest.map((range) => copied(document, range)),
      ...fieldPieces(document, GRAPH.output, graph.outputs),
      ...graph.inputs.map((range) => copied(document, range)),
    ];
    for (const range of document.modelRest) write(document.bytes(range));
    for (const [domain, version] of graph.newOpsets) {
      const opset = encodeOpset(domain, version);
      write(Buffer.concat([startOfField(MODEL_OPSET, opset.length), opset]));
    }
    write(
      startOfField(
        MODEL_GRAPH,
        pieces.reduce((sum, { length }) => sum + length, 0),
      ),
    );
    for (const piece of pieces) {
      piece.write(write);
      await setImmediate(); // a weight takes up to seconds
    }
  } finally {
    closeSync(file);
    data?.close();
  }
}

/** A part of the file, whose length is known before its content. */
interface Piece {
  readonly length: number;
  write(write: (content: Uint8Array) => void): void;
}

function copied(document: OnnxDocument, range: Range): Piece {
  return { length: range.end - range.start, write: (write) => write(document.bytes(range)) };
}

function fieldPieces(document: OnnxDocument, number: number, contents: readonly (Range | Buffer)[]): readonly Piece[] {
  return contents.map((content) => {
    if (!Buffer.isBuffer(content)) return copied(document, content);
    const field = Buffer.concat([startOfField(number, content.length), content]);
    return { length: field.length, write: (write) => write(field) };
  });
}

function tensorPieces(document: OnnxDocument, { tensors }: NewGraph, data: DataFile | undefined): readonly Piece[] {
  return tensors.map((tensor) => {
    if (!('numbers' in tensor)) return copied(document, tensor);
    if (data !== undefined && tensor.byteLength >= LEAST_EXTERNAL_BYTES) return externalPiece(tensor, data);
    const head = encodeTensorHead(tensor);
    const start = startOfField(GRAPH.initializer, head.length + tensor.byteLength);
    return {
      length: start.length + head.length + tensor.byteLength,
      write: (write) => {
        write(start);
        write(head);
        write(tensor.numbers());
      },
    };
  });
}

function externalPiece(tensor: PendingTensor, data: DataFile): Piece {
  const head = encodeTensorHead(tensor, { location: data.name, offset: data.reserve(tensor.byteLength) });
  const field = Buffer.concat([startOfField(GRAPH.initializer, head.length), head]);
  return {
    length: field.length,
    write: (write) => {
      write(field);
      data.write(tensor.numbers());
    },
  };
}

/** Weights one after the other, each at a multiple of a page, so that they can be mapped. */
class DataFile {
  readonly name: string;
  private readonly file: number;
  private reserved = 0;

  constructor(path: string) {
    this.name = basename(path);
    this.file = openSync(path, 'w');
  }

  /** The place of the next weight; weights are written in the order in which places were reserved. */
  reserve(byteLength: number): number {
    const offset = this.reserved;
    this.reserved = Math.ceil((offset + byteLength) / PAGE_BYTES) * PAGE_BYTES;
    return offset;
  }

  write(content: Uint8Array): void {
    const padding = Buffer.alloc(Math.ceil(content.length / PAGE_BYTES) * PAGE_BYTES - content.length);
    writeAll(this.file, content);
    writeAll(this.file, padding);
  }

  close(): void {
    closeSync(this.file);
  }
}

const PAGE_BYTES = 4_096;

function writeAll(file: number, content: Uint8Array): void {
  let done = 0;
  while (done < content.length) done += writeSync(file, content, done, content.length - done);
}
