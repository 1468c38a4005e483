import type { GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { createLogger } from '@shop/kit/logger';
import type { GatewayContext } from '../context';
import { reportBrokenPromises } from './apollo-plugins';

const logger = createLogger({ service: 'gateway' });
const logged = jest.spyOn(logger, 'error').mockReturnValue(logger);

afterEach(() => logged.mockClear());

/** What a client gets of an answer that the gateway gave. */
async function shown(singleResult: object): Promise<object> {
  const request = {
    contextValue: { requestId: 'r1' },
    response: { body: { kind: 'single', singleResult } },
  } as GraphQLRequestContextWillSendResponse<GatewayContext>;
  const listener = await reportBrokenPromises(logger).requestDidStart?.(request);
  await listener?.willSendResponse?.(request);
  return singleResult;
}

it('a null where the schema promises a value becomes an error instead of a silent extension', async () => {
  const valueCompletion = [
    { message: 'Cannot return null for non-nullable field Order.payments.', path: ['order'] },
  ];
  expect(await shown({ data: { order: null }, extensions: { valueCompletion } })).toEqual({
    data: { order: null },
    extensions: {},
    errors: [
      {
        message: 'Internal error.',
        path: ['order'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' },
      },
    ],
  });
  expect(logged).toHaveBeenCalledWith('subgraphs broke the schema', {
    reasons: [valueCompletion[0]?.message],
  });
});

it('a value that does not fit is logged by its place: the message quotes it', async () => {
  const valueCompletion = [
    { message: 'Invalid value hunter2 found for field Product.price', path: ['product', 'price'] },
  ];
  await shown({ data: { product: null }, extensions: { valueCompletion } });
  expect(logged).toHaveBeenCalledWith('subgraphs broke the schema', {
    reasons: ['A value does not fit at product.price'],
  });
});

it('other answers stay as they are', async () => {
  expect(await shown({ data: { order: null } })).toEqual({ data: { order: null } });
  expect(logged).not.toHaveBeenCalled();
});
