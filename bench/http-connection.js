import { connect } from 'node:net';

/** @typedef {{ bodyBytes: number, body: string | undefined }} Answer */

const receiveBytes = 64 * 1024;

/**
 * A keep-alive connection for one request at a time, written on a socket. It shares the cores with the measured server, and
 * node:http's client costs several times as much as the server's work on a cached text.
 */
export class HttpConnection {
  /** @param {URL} url */
  constructor({ hostname, port }) {
    /** @type {{ resolve: (answer: Answer) => void, reject: (error: Error) => void } | undefined} */
    this.exchange = undefined;
    this.keepBody = false;
    this.head = '';
    this.status = '';
    this.bodyBytes = 0;
    this.missingBytes = 0;
    /** @type {Buffer[]} */
    this.kept = [];
    const buffer = Buffer.allocUnsafe(receiveBytes);
    const onread = { buffer, callback: (/** @type {number} */ length) => this.receive(buffer.subarray(0, length)) };
    this.socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), noDelay: true, onread });
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  /**
   * Rejects if the status is not 200.
   *
   * @param {Buffer} request The head and the body.
   * @param {boolean} keepBody true = return the body of the answer; false = only its length.
   * @returns {Promise<Answer>}
   */
  send(request, keepBody) {
    this.keepBody = keepBody;
    return new Promise((resolve, reject) => {
      this.exchange = { resolve, reject };
      this.socket.write(request);
    });
  }

  close() {
    this.socket.destroy();
  }

  expectHead() {
    this.head = '';
    this.status = '';
    this.kept = [];
  }

  /** @param {Buffer} bytes Valid until this returns. */
  receive(bytes) {
    const body = this.status === '' ? this.readHead(bytes) : bytes;
    if (body === undefined) return true;
    if (this.keepBody || this.status !== '200') this.kept.push(Buffer.from(body));
    this.missingBytes -= body.length;
    if (this.missingBytes === 0) this.finish();
    return true;
  }

  /**
   * Returns the bytes after the head; undefined = the head is not complete yet.
   *
   * @param {Buffer} bytes
   */
  readHead(bytes) {
    const received = this.head.length;
    this.head += bytes.toString('latin1');
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(this.head.slice(0, end + 2)) ?? [];
    if (length === undefined) {
      this.fail(new Error(`an answer without content-length: ${this.head.slice(0, end)}`));
      return undefined;
    }
    this.status = this.head.slice(9, 12);
    this.bodyBytes = this.missingBytes = Number(length);
    return bytes.subarray(end + 4 - received);
  }

  finish() {
    const { exchange, status, bodyBytes } = this;
    const body = this.kept.length > 0 ? Buffer.concat(this.kept).toString() : undefined;
    this.expectHead();
    if (status === '200') exchange?.resolve({ bodyBytes, body });
    else exchange?.reject(new Error(`status ${status}: ${body?.slice(0, 300)}`));
  }

  /** @param {Error} error */
  fail(error) {
    this.exchange?.reject(error);
  }
}
