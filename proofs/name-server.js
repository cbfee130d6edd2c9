import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const HEADER = 12;
const TYPE_A = 1;

/**
 * A name server that answers every question for addresses with those of a list, as Docker's answers for the containers of a
 * service. The list may change.
 *
 * @param {readonly string[]} addresses
 */
export async function startNameServer(addresses) {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => socket.send(answerTo(query, addresses), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

/**
 * @param {Buffer} query
 * @param {readonly string[]} addresses
 */
function answerTo(query, addresses) {
  const endOfName = query.indexOf(0, HEADER) + 1;
  const question = query.subarray(HEADER, endOfName + 4);
  const records = query.readUInt16BE(endOfName) === TYPE_A ? addresses.map(record) : [];
  const header = Buffer.alloc(HEADER);
  query.copy(header, 0, 0, 2); // the id
  header.writeUInt16BE(0x8580, 2); // an authoritative answer
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}

/** An address for the name of the question, for a second. @param {string} address */
function record(address) {
  const head = Buffer.from([0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4]);
  return Buffer.concat([head, Buffer.from(address.split('.').map(Number))]);
}
