import { allowedAttributes, allowedName, errorTypeOf, type SpanAttributes } from './attributes';

/** What must not leave the process, in the forms in which callers could pass it by mistake. */
const canaries = {
  email: 'canary@example.com',
  password: 'correct horse battery staple',
  token: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl',
  address: 'Example Street 1, 12345 Berlin',
  card: '4242 4242 4242 4242',
  cardToken: 'pm_card_visa',
  ip: '203.0.113.77',
  path: '/v1/users/canary@example.com?token=secret',
};

const names = [
  ...['http.request.method', 'http.route', 'http.response.status_code', 'url.template', 'peer.service'],
  ...['db.system.name', 'db.query.summary', 'db.response.status_code', 'messaging.destination.name'],
  ...['messaging.message.id', 'graphql.operation.type', 'shop.work'],
] as const;

describe('allowedAttributes', () => {
  it.each(Object.entries(canaries))('drops an attribute that is not listed: %s', (name, value) => {
    expect(allowedAttributes({ [`enduser.${name}`]: value, [name]: value })).toEqual({});
  });

  it.each(['email', 'password', 'token', 'address', 'card', 'path'] as const)(
    'drops a %s under a listed name',
    (kind) => {
      const given = Object.fromEntries(names.map((name) => [name, canaries[kind]]));
      expect(JSON.stringify(allowedAttributes(given))).not.toContain(canaries[kind]);
    },
  );

  it('drops names that every object has', () => {
    expect(allowedAttributes({ constructor: 'a', toString: 'b' } as unknown as SpanAttributes)).toEqual({});
  });

  it('keeps what spans of the shop have', () => {
    const given: SpanAttributes = {
      ...{ 'http.request.method': 'POST', 'http.route': '/v1/items/:id', 'http.response.status_code': 201 },
      ...{ 'db.system.name': 'postgresql', 'db.query.summary': 'DueRows.claim:items' },
      ...{ 'messaging.destination.name': 'item.created', 'messaging.system': 'cloudevents' },
      ...{ 'peer.service': 'library', 'server.address': '127.0.0.1', 'server.port': 4_002 },
      'error.type': 'deadline_exceeded',
    };
    expect(allowedAttributes(given)).toEqual(given);
  });
});

describe('allowedName', () => {
  it('keeps names of routes, statements and events', () => {
    for (const name of [
      'POST /v1/items/:id',
      'ItemRepository.insert',
      'ItemRepository.move+entry',
      'publish item.created',
      'GET',
    ])
      expect(allowedName(name)).toBe(name);
  });

  it.each([canaries.email, `GET ${canaries.path}`, canaries.address])('replaces %s', (name) => {
    expect(allowedName(name)).toBe('unnamed');
  });
});

describe('errorTypeOf', () => {
  it('is the code or the class, never the message', () => {
    expect(errorTypeOf(new TypeError(canaries.email))).toBe('TypeError');
    expect(errorTypeOf(Object.assign(new Error(canaries.email), { code: '23505' }))).toBe('23505');
    expect(errorTypeOf(Object.assign(new Error('a'), { code: canaries.email }))).toBe('Error');
    expect(errorTypeOf(canaries.email)).toBe('_OTHER');
  });
});
