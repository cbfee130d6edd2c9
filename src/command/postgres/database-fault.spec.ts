import { faultOfDatabase } from './database-fault.js';

const withCode = (message: string, code: string, more: object = {}): Error => Object.assign(new Error(message), { code, ...more });

it.each([
  [new Error('Client has encountered a connection error and is not queryable'), 'the connection is lost'],
  [new Error('Connection terminated unexpectedly'), 'the connection is lost'],
  [new Error('timeout expired'), 'it does not answer'],
  [withCode('connect ECONNREFUSED', 'ECONNREFUSED', { syscall: 'connect' }), 'no server listens there (ECONNREFUSED)'],
  [withCode('getaddrinfo ENOTFOUND', 'ENOTFOUND', { syscall: 'getaddrinfo' }), 'there is no such host (ENOTFOUND)'],
  [withCode('permission denied for schema s', '42501'), 'permission denied for schema s: give the user this right, or name another user'],
  [
    new AggregateError([withCode('connect ECONNREFUSED ::1', 'ECONNREFUSED'), new Error('other')]),
    'no server listens there (ECONNREFUSED)',
  ],
  [withCode('value too long', '22001', { detail: 'Failing row contains (a private text).' }), 'value too long'],
])('says in one line, without texts of rows: %s', (error, fault) => {
  expect(faultOfDatabase(error)).toBe(fault);
});
