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
])('a response with data %j and %i errors keeps %i', async (data, count, left) => {
  expect(await errorsLeft(data, count)).toBe(left);
});

it('truncates a message to 1,000 characters', async () => {
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

it('merges more than 100 errors beside data at the lists that contain them, so that each null has an error', async () => {
  const errors = Array.from({ length: 2_000 }, (_, index) => ({
    ...{ message: 'Internal error.', path: ['orders', 'nodes', index, 'product'] },
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  }));
  const other = { message: 'rejected', path: ['me'], extensions: { code: 'UNAUTHENTICATED' } };
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
