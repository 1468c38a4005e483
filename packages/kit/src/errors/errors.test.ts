import { GraphQLError } from 'graphql';
import { AppError, defineErrors, genericErrors, graphqlCodeOf, toGraphqlError } from '.';

test('each code has its own GraphQL code', () => {
  const codes = Object.keys(genericErrors).map(graphqlCodeOf);

  expect(new Set(codes).size).toBe(codes.length);
  expect(graphqlCodeOf('bad_request')).toBe('BAD_USER_INPUT');
  expect(graphqlCodeOf('name_taken')).toBe('NAME_TAKEN');
});

test('a domain declares its own codes with default messages', () => {
  const { ownCodes, problem, appError } = defineErrors({ name_taken: 'Choose another name.' });

  expect(ownCodes).toEqual(['name_taken']);
  expect(problem('name_taken')).toEqual({ code: 'name_taken', message: 'Choose another name.' });
  expect(problem('forbidden', 'No.')).toEqual({ code: 'forbidden', message: 'No.' });
  expect(appError('name_taken')).toMatchObject({ code: 'name_taken', message: 'Choose another name.' });
});

describe('toGraphqlError', () => {
  const formatted = { message: 'as graphql says it', path: ['order'] };

  test('returns an AppError with its code and without its cause', () => {
    const error = new AppError('upstream_unavailable', 'Try again.', {
      cause: new Error('connect ECONNREFUSED 10.0.0.7:5432'),
      retryAfterSeconds: 1,
    });

    const { response, unexpected } = toGraphqlError(formatted, error);

    expect(response).toEqual({
      message: 'Try again.',
      path: ['order'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 },
    });
    expect(unexpected).toBe(error);
  });

  test('does not return an expected error for the log', () => {
    expect(toGraphqlError(formatted, new AppError('forbidden', 'No.')).unexpected).toBeUndefined();
  });

  test('keeps the message of a request that graphql-js rejected', () => {
    const rejected = new GraphQLError('Unknown field', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });

    const { response } = toGraphqlError(
      { message: rejected.message, extensions: rejected.extensions },
      rejected,
    );

    expect(response).toEqual({ message: 'Unknown field', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  });

  test('masks any other error', () => {
    const { response, unexpected } = toGraphqlError({ message: 'secret detail' }, new Error('secret detail'));

    expect(JSON.stringify(response)).not.toContain('secret');
    expect(response.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(unexpected).toBeInstanceOf(Error);
  });
});
