import { GraphQLError } from 'graphql';
import { createLogger } from '../logger';
import { maskAndLog } from './apollo-plugins';

function responseTo(cause: Error) {
  const logger = createLogger({ service: 'test' });
  logger.silent = true;
  const logged = { error: jest.spyOn(logger, 'error'), warn: jest.spyOn(logger, 'warn') };
  const thrown = new GraphQLError(cause.message, { path: ['order'], originalError: cause });
  const response = maskAndLog(logger)({ message: thrown.message, path: ['order'] }, thrown);
  return { response, logged };
}

describe('An error of a resolver', () => {
  it('about an unavailable database returns retryAfterSeconds, and is logged as a warning without a stack', () => {
    const outage = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
    const { response, logged } = responseTo(outage);
    expect(response).toEqual({
      message: 'The database is unavailable: repeat the request after the time given.',
      path: ['order'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 },
    });
    expect(logged.error).not.toHaveBeenCalled();
    expect(logged.warn.mock.calls).toEqual([
      ['request failed', { reason: response.message, cause: outage.message, path: ['order'] }],
    ]);
  });

  it('of any other kind is masked and logged', () => {
    const { response, logged } = responseTo(new Error('relation "orders" does not exist'));
    expect(response).toMatchObject({
      message: 'Internal error.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(logged.error).toHaveBeenCalledTimes(1);
  });
});
