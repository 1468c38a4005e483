import type { GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { createLogger } from '@shop/kit/logger';
import { runWithRequestContext } from '@shop/kit/request-context';
import type { GatewayContext } from '../context';
import { reportSchemaViolations } from './apollo-plugins';

const logger = createLogger({ service: 'gateway' });
const logged = jest.spyOn(logger, 'error').mockReturnValue(logger);

afterEach(() => logged.mockClear());

/** The result that a client gets. */
async function responseOf(singleResult: object): Promise<object> {
  const request = {
    response: { body: { kind: 'single', singleResult } },
  } as GraphQLRequestContextWillSendResponse<GatewayContext>;
  const listener = await reportSchemaViolations(logger).requestDidStart?.(request);
  await runWithRequestContext({ requestId: 'r1' }, async () => listener?.willSendResponse?.(request));
  return singleResult;
}

it('reports a null in a non-nullable field as an error instead of an extension', async () => {
  const valueCompletion = [
    { message: 'Cannot return null for non-nullable field Order.payments.', path: ['order'] },
  ];
  expect(await responseOf({ data: { order: null }, extensions: { valueCompletion } })).toEqual({
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
  expect(logged).toHaveBeenCalledWith('subgraph response violates the schema', {
    reasons: [valueCompletion[0]?.message],
  });
});

it('logs the path of a value that does not fit its type, and not the message, which quotes the value', async () => {
  const valueCompletion = [
    { message: 'Invalid value hunter2 found for field Product.price', path: ['product', 'price'] },
  ];
  await responseOf({ data: { product: null }, extensions: { valueCompletion } });
  expect(logged).toHaveBeenCalledWith('subgraph response violates the schema', {
    reasons: ['The value at product.price does not fit its type'],
  });
});

it('does not change other results', async () => {
  expect(await responseOf({ data: { order: null } })).toEqual({ data: { order: null } });
  expect(logged).not.toHaveBeenCalled();
});
