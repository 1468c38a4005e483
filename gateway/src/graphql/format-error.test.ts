import { createLogger } from '@shop/kit/logger';
import { runWithRequestContext } from '@shop/kit/request-context';
import { runInTrace } from '@shop/kit/telemetry';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { formatGatewayError } from './format-error';

const logger = createLogger({ service: 'gateway', level: 'error' });
const logged = jest.spyOn(logger, 'error').mockReturnValue(logger);

function shown(formatted: GraphQLFormattedError): GraphQLFormattedError {
  return runWithRequestContext({ requestId: 'r1' }, () => formatGatewayError(logger)(formatted, formatted));
}

afterEach(() => logged.mockClear());

it('shows an expected error of a subgraph, and of its extensions only what is allowed', () => {
  const extensions = {
    code: 'UNAUTHENTICATED',
    serviceName: 'user',
    stacktrace: ['at /srv/x.ts'],
    retryAfterSeconds: 2,
  };
  expect(shown({ message: 'Log in.', path: ['me'], extensions })).toEqual({
    message: 'Log in.',
    path: ['me'],
    extensions: { code: 'UNAUTHENTICATED', retryAfterSeconds: 2 },
  });
  expect(logged).not.toHaveBeenCalled();
});

it.each(['INTERNAL_SERVER_ERROR', 'GRAPHQL_VALIDATION_FAILED', 'DOWNSTREAM_SERVICE_ERROR', undefined])(
  'masks an error of a subgraph with the code %s and logs it',
  (code) => {
    const error = {
      message: 'relation "products" at 10.0.0.3',
      path: ['products'],
      extensions: { code, serviceName: 'product' },
    };
    expect(shown(error)).toEqual({
      message: 'Internal error.',
      path: ['products'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' },
    });
    expect(logged).toHaveBeenCalledWith('subgraph error masked', {
      subgraph: 'product',
      code,
      path: ['products'],
    });
  },
);

it('logs a failed fetch once, even if several fields are affected', () => {
  const originalError = new Error('no response');
  const extensions = { code: 'INTERNAL_SERVER_ERROR', serviceName: 'payment' };
  const format = formatGatewayError(logger);
  const responses = [0, 1].map((index) => {
    const error = new GraphQLError('no', { path: ['orders', index], extensions, originalError });
    return format(error.toJSON(), error);
  });
  expect(responses.map(({ path }) => path)).toEqual([
    ['orders', 0],
    ['orders', 1],
  ]);
  expect(logged).toHaveBeenCalledTimes(1);
});

it.each([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
])('shows errors of Apollo Server about the client request: %s', (code) => {
  expect(shown({ message: 'about the request', extensions: { code } })).toEqual({
    message: 'about the request',
    extensions: { code },
  });
});

it('masks an unexpected error', () => {
  const { message, extensions } = shown({ message: 'connect ECONNREFUSED 127.0.0.1:4002' });
  expect({ message, extensions }).toEqual({
    message: 'Internal error.',
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' },
  });
  expect(logged).toHaveBeenCalledTimes(1);
});

it.each(['UNAUTHENTICATED', 'INTERNAL_SERVER_ERROR', 'GRAPHQL_VALIDATION_FAILED', undefined])(
  'adds the trace ID of the request to an error with the code %s, of a subgraph or not',
  (code) => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    for (const serviceName of ['user', undefined]) {
      const error = { message: 'no', extensions: { code, ...(serviceName && { serviceName }) } };
      const { extensions } = runInTrace(`00-${traceId}-b7ad6b7169203331-01`, () => shown(error));
      expect(extensions).toMatchObject({ traceId, code: expect.any(String) as string });
      expect(shown(error).extensions).not.toHaveProperty('traceId');
    }
  },
);
