import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ApiKeySettings, AuthSettings } from '../config/index.js';
import { Authenticator } from './authenticator.js';
import { KeyDirectory } from './key-directory.js';

const ADMIN_KEY = 'the-key-of-the-admin';
const SECRET = 'ep_secret';
const SEARCH: ApiKeySettings = {
  name: 'search',
  hash: createHash('sha256').update(SECRET).digest('hex'),
  role: 'client',
  requests: 5,
  tokens: undefined,
};

function open(settings: Partial<AuthSettings> = { apiKeys: [SEARCH], adminKey: ADMIN_KEY }): Authenticator {
  return new Authenticator(new KeyDirectory({ apiKeys: [], keysFile: undefined, adminKey: undefined, store: undefined, ...settings }));
}

function request(headers: FastifyRequest['headers'], url = '/embed'): FastifyRequest {
  return { headers, url } as FastifyRequest;
}

describe('Authenticator', () => {
  it.each([
    { authorization: `Bearer ${SECRET}` },
    { authorization: `bearer   ${SECRET} ` },
    { 'x-api-key': SECRET },
    { authorization: 'Basic eDp5', 'x-api-key': SECRET },
  ])('identifies the key that comes as %j', (headers) => {
    const authenticator = open();
    for (let time = 0; time < 2; time++)
      expect(authenticator.identify(request(headers))).toEqual({ name: 'search', role: 'client', requests: 5, tokens: undefined });
  });

  it('treats ADMIN_KEY as a key of the role admin', () => {
    expect(open().identify(request({ 'x-api-key': ADMIN_KEY }))).toMatchObject({ name: 'ADMIN_KEY', role: 'admin' });
  });

  it.each([
    {},
    { authorization: '' },
    { authorization: 'Bearer ' },
    { authorization: SECRET },
    { authorization: `Basic ${SECRET}` },
    { 'x-api-key': '' },
    { 'x-api-key': `${SECRET}!` },
    { 'x-api-key': SECRET.slice(1) },
    { 'x-api-key': 'undefined' },
    { 'x-api-key': SEARCH.hash },
    { authorization: 'Bearer wrong', 'x-api-key': SECRET },
  ])('identifies no key by %j', (headers) => {
    expect(open().identify(request(headers))).toBeUndefined();
  });

  it('accepts the password that a browser sends, for the queue board only', () => {
    const headers = { authorization: `Basic ${Buffer.from(`anybody:${ADMIN_KEY}`).toString('base64')}` };
    expect(open().identify(request(headers, '/queues/api/queues?page=1'))).toMatchObject({ role: 'admin' });
    expect(open().identify(request(headers, '/cache/invalidate'))).toBeUndefined();
  });

  it('identifies no key if none is set', () => {
    expect(open({}).identify(request({ 'x-api-key': 'undefined' }))).toBeUndefined();
  });

  it.each([{}, { adminKey: ADMIN_KEY }])('admits callers without a key with %j, because only API_KEYS requires keys', (settings) => {
    expect(open(settings).refusalOf(request({}))).toBeUndefined();
  });

  it.each(['/embed', '/v1/embeddings', '/stats', '/nothing', '/docsx', '/queuesx', '//health', 'http://host/health'])(
    'refuses callers without a key at %s',
    (url) => {
      expect(open().refusalOf(request({}, url))).toMatchObject({ code: 'unauthorized', message: expect.stringMatching(/needs a key/) });
      expect(open().refusalOf(request({ 'x-api-key': 'other' }, url))).toMatchObject({ message: expect.stringMatching(/not known/) });
    },
  );

  it.each([
    '/',
    '/?a',
    '/assets/a.js',
    '/health',
    '/health/ready',
    '/ready',
    '/metrics',
    '/metrics/history',
    '/docs',
    '/docs/a.css',
    '/docs-json',
  ])('admits every caller at %s', (url) => {
    expect(open().refusalOf(request({}, url))).toBeUndefined();
  });
});
