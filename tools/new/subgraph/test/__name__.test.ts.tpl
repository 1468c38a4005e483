import { randomUUID } from 'node:crypto';
import { type __Name__Service, start__Name__Service } from './support/__name__-service';

let service: __Name__Service;
beforeAll(async () => {
  service = await start__Name__Service();
});
afterAll(() => service.stop());

async function create(title: string, role?: 'ADMIN' | 'CUSTOMER') {
  const { body } = await service.send<{ created: { id: string; title: string } }>(
    'mutation ($input: Create__Entity__Input!) { created: create__Entity__(input: $input) { id title } }',
    { input: { title } },
    role,
  );
  return { created: body.data?.created, code: body.errors?.[0]?.extensions?.['code'] };
}

describe('create__Entity__', () => {
  it('stores a __entity__, which every caller can read', async () => {
    const { created } = await create('  First ', 'ADMIN');
    expect(created).toMatchObject({ title: 'First' });
    const { body } = await service.send('query ($id: ID!) { found: __entity__(id: $id) { id title } }', {
      id: created!.id,
    });
    expect(body.data).toEqual({ found: created });
  });

  it.each([
    ['an empty title', '', 'ADMIN', 'BAD_USER_INPUT'],
    ['a title of 201 characters', 'x'.repeat(201), 'ADMIN', 'BAD_USER_INPUT'],
    ['a title with NUL', 'nul\0', 'ADMIN', 'BAD_USER_INPUT'],
    ['a customer', 'title', 'CUSTOMER', 'FORBIDDEN'],
    ['a caller without a token', 'title', undefined, 'UNAUTHENTICATED'],
  ] as const)('rejects %s', async (_case, title, role, code) => {
    expect(await create(title, role)).toEqual({ created: undefined, code });
  });
});

describe('__Entity__ as an entity', () => {
  it('is resolved by its ID; an unknown ID is null', async () => {
    const { created } = await create('Entity', 'ADMIN');
    const ids = [created!.id, created!.id.toUpperCase(), randomUUID(), 'no-uuid'];
    const { body } = await service.send<{ _entities: unknown[] }>(
      'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on __Entity__ { id title } } }',
      { keys: ids.map((id) => ({ __typename: '__Entity__', id })) },
    );
    expect(body.data?._entities).toEqual([created, created, null, null]);
  });
});
