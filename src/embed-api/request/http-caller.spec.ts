import { EventEmitter } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpCaller } from './http-caller.js';

/** Node's stream of the answer. */
class FakeResponse extends EventEmitter {
  destroyed = false;
  writableFinished = false;
}

function callerWith(cacheControl: string | undefined, raw = new FakeResponse()): HttpCaller {
  return new HttpCaller({ headers: { 'cache-control': cacheControl } } as FastifyRequest, { raw } as unknown as FastifyReply);
}

describe('HttpCaller', () => {
  it('waits for its answer', () => {
    expect(callerWith(undefined).priority).toBe('interactive');
  });

  it.each([
    [undefined, 'normal'],
    ['', 'normal'],
    ['max-age=0', 'normal'],
    ['no-cache', 'refresh'],
    ['No-Cache', 'refresh'],
    ['max-age=0, no-cache', 'refresh'],
    ['no-store', 'skip-store'],
    ['no-cache, no-store', 'skip-store'],
    ['no-store,no-cache', 'skip-store'],
    ['no-cached', 'normal'],
  ])('reads Cache-Control: %s as %s', (header, cacheUse) => {
    expect(callerWith(header).cacheUse).toBe(cacheUse);
  });

  it('has the ends of long texts cut off, unless it asks for another cut', () => {
    const caller = callerWith('no-cache');
    const truncations = [caller, caller.reading({ truncate: null }), caller.reading({ truncate: undefined })].map(
      ({ truncate }) => truncate,
    );
    expect(truncations).toEqual(['end', 'end', 'end']);
    expect(caller.reading({ truncate: 'start' })).toMatchObject({ truncate: 'start', cacheUse: 'refresh', priority: 'interactive' });
  });

  it('aborts when the connection ends before the answer is sent', () => {
    const raw = new FakeResponse();
    const { signal } = callerWith(undefined, raw);
    expect(signal.aborted).toBe(false);
    raw.emit('close');
    expect(signal.aborted).toBe(true);
  });

  it('does not abort when the connection ends after the answer', () => {
    const raw = new FakeResponse();
    const { signal } = callerWith(undefined, raw);
    raw.writableFinished = true;
    raw.emit('close');
    expect(signal.aborted).toBe(false);
  });

  it('is aborted from the start when the connection has ended already', () => {
    const raw = new FakeResponse();
    raw.destroyed = true;
    expect(callerWith(undefined, raw).signal.aborted).toBe(true);
  });

  it('has one signal', () => {
    const caller = callerWith(undefined);
    expect(caller.signal).toBe(caller.signal);
  });
});
