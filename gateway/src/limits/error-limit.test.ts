import type { GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { GatewayContext } from '../context';
import { limitErrors } from './error-limit';

type RequestContext = GraphQLRequestContextWillSendResponse<GatewayContext>;

async function errorsLeft(data: object | null, count: number): Promise<number | undefined> {
  const errors = Array.from({ length: count }, (_, index) => ({ message: String(index) }));
  const context = {
    response: { body: { kind: 'single', singleResult: { data, errors } } },
  } as unknown as RequestContext;
  const listener = await limitErrors().requestDidStart?.(context);
  await listener?.willSendResponse?.(context);
  return context.response.body.kind === 'single'
    ? context.response.body.singleResult.errors?.length
    : undefined;
}

it.each([
  [null, 20, 20],
  [null, 21, 20],
  [{}, 100, 100],
  [{}, 10_000, 100],
])('an answer with data %j and %i errors shows %i', async (data, count, left) => {
  expect(await errorsLeft(data, count)).toBe(left);
});

it('an error shows at most 1,000 characters of its message', async () => {
  const errors = [{ message: `${'x'.repeat(999)}🎈${'x'.repeat(1_000)}` }];
  const context = {
    response: { body: { kind: 'single', singleResult: { errors } } },
  } as unknown as RequestContext;
  const listener = await limitErrors().requestDidStart?.(context);
  await listener?.willSendResponse?.(context);
  expect(context.response.body).toMatchObject({
    singleResult: { errors: [{ message: `${'x'.repeat(999)}…` }] },
  });
});

it('errors beside data beyond 100 are merged at the lists that they are in, so that no null is without one', async () => {
  const errors = Array.from({ length: 2_000 }, (_, index) => ({
    ...{ message: 'Internal error.', path: ['orders', 'nodes', index, 'product'] },
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  }));
  const other = { message: 'refused', path: ['me'], extensions: { code: 'UNAUTHENTICATED' } };
  const context = {
    response: { body: { kind: 'single', singleResult: { data: {}, errors: [...errors, other] } } },
  } as unknown as RequestContext;
  const listener = await limitErrors().requestDidStart?.(context);
  await listener?.willSendResponse?.(context);
  expect(context.response.body).toMatchObject({
    singleResult: {
      errors: [
        {
          message: 'Internal error. Fields below this path are missing, too many to be listed one by one.',
          path: ['orders', 'nodes'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
        other,
      ],
    },
  });
});
