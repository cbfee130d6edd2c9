import type { IncomingHttpHeaders } from 'node:http';
import type { ServerSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { AdminGuard } from './admin.guard.js';
import { httpContext } from './execution-context.fake.js';

const KEY = 'the-key-of-the-admin';

function admits(headers: IncomingHttpHeaders, settings: Partial<ServerSettings> = { adminKey: KEY }): boolean {
  return new AdminGuard(settings as ServerSettings).canActivate(httpContext({ headers }));
}

describe('AdminGuard', () => {
  it.each([{ authorization: `Bearer ${KEY}` }, { authorization: `bearer   ${KEY} ` }, { 'x-api-key': KEY }])(
    'lets %j through',
    (headers) => {
      expect(admits(headers)).toBe(true);
    },
  );

  it.each([
    {},
    { authorization: '' },
    { authorization: 'Bearer ' },
    { authorization: KEY },
    { authorization: `Basic ${KEY}` },
    { 'x-api-key': '' },
    { 'x-api-key': `${KEY}!` },
    { 'x-api-key': KEY.slice(1) },
    { 'x-api-key': 'undefined' },
  ])('refuses %j', (headers) => {
    expect(() => admits(headers)).toThrow(ServiceError);
    expect(() => admits(headers)).toThrow(/needs the admin key/);
  });

  it('lets nobody through while no admin key is set', () => {
    expect(() => admits({ 'x-api-key': 'undefined' }, { adminKey: undefined })).toThrow(/ADMIN_KEY/);
  });
});
