import { randomUUID } from 'node:crypto';
import { repositoryStatements } from '@shop/testkit/repository-statements';
import type { Customer } from './support/operations';
import { startUserService, type UserService } from './support/user-service';

let service: UserService;
let admin: Customer;

beforeAll(async () => {
  service = await startUserService();
  const customer = await service.operations.newCustomer();
  await service.sql(`UPDATE users SET role = 'ADMIN' WHERE id = $1`, [customer.userId]);
  admin = { ...customer, ...(await service.operations.login(customer)) };
});
afterAll(() => service.stop());

const references = async (ids: string[], accessToken?: string, fields = 'id email') => {
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on User { ${fields} } }
  }`;
  const representations = ids.map((id) => ({ __typename: 'User', id }));
  const { data } = await service.execute(query, { representations }, accessToken ? { accessToken } : {});
  return data._entities;
};

const userById = (id: string, accessToken: string) =>
  service.execute('query ($id: ID!) { user(id: $id) { id } }', { id }, { accessToken });

describe('A reference to a user', () => {
  it('is resolved for the user and for an ADMIN', async () => {
    const { userId, email, accessToken } = await service.operations.newCustomer();
    const expected = [{ id: userId, email }];
    expect(await references([userId], accessToken)).toEqual(expected);
    expect(await references([userId.toUpperCase()], accessToken)).toEqual(expected);
    expect(await references([userId], admin.accessToken)).toEqual(expected);
  });

  it('is null for other users', async () => {
    const ann = await service.operations.newCustomer();
    const bob = await service.operations.newCustomer();
    expect(await references([ann.userId, bob.userId], bob.accessToken)).toEqual([
      null,
      { id: bob.userId, email: bob.email },
    ]);
    expect(await references([ann.userId])).toEqual([null]);
  });

  it('is null for an id that is unknown or not a UUID', async () => {
    expect(await references([randomUUID(), 'no-uuid', ''], admin.accessToken)).toEqual([null, null, null]);
  });

  it('is resolved next to an invalid reference, which is null with an error at its own path', async () => {
    const { userId: id } = admin;
    const bad = [
      { __typename: 'User' },
      { __typename: 'User', id: null },
      { __typename: 'User', id: [id] },
      { __typename: 'Session', id },
    ];
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { id } }
    }`;
    const representations = [...bad, { __typename: 'User', id }];
    const { data, errors } = await service.execute(query, { representations }, admin);
    expect(data._entities).toEqual([...bad.map(() => null), { id }]);
    expect(errors?.map(({ path }) => path)).toEqual(bad.map((_, index) => ['_entities', index]));
  });

  it.each([1, 30])('is read with two statements for %i users and their sessions', async (count) => {
    const ids: string[] = [];
    while (ids.length < count) ids.push((await service.operations.newCustomer()).userId);
    let users: { id: string }[] = [];
    const statements = await repositoryStatements(async () => {
      users = await references([...ids, ...ids], admin.accessToken, 'id sessions { id }');
    });
    expect(users.map((user) => user.id)).toEqual([...ids, ...ids]);
    expect(statements).toHaveLength(2);
  });
});

describe('user(id)', () => {
  it('is for an ADMIN', async () => {
    const { userId, accessToken } = await service.operations.newCustomer();
    expect((await userById(userId, admin.accessToken)).data).toEqual({ user: { id: userId } });
    const { errors } = await userById(userId, accessToken);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('is null for an id that is unknown or not a UUID', async () => {
    for (const id of [randomUUID(), 'no-uuid', '\0']) {
      expect((await userById(id, admin.accessToken)).data).toEqual({ user: null });
    }
  });
});

describe('me', () => {
  it('requires another login if the account was deleted', async () => {
    const { userId, accessToken } = await service.operations.newCustomer();
    await service.sql('DELETE FROM users WHERE id = $1', [userId]);
    const { errors } = await service.execute('{ me { id } }', {}, { accessToken });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('Network access', () => {
  it('is not sufficient: without a service credential the response is 401', async () => {
    const { accessToken } = await service.operations.newCustomer();
    const response = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ query: '{ me { id } }' }),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });
});
