import { GraphQLError } from 'graphql';
import { AppError, codeOfGraphqlCode, errorRegistry, toGraphqlError } from '.';

describe('the error registry', () => {
  test('has a unique GraphQL code for each code', () => {
    const codes = Object.values(errorRegistry).map((entry) => entry.graphqlCode);

    expect(new Set(codes).size).toBe(codes.length);
    expect(codeOfGraphqlCode('BAD_USER_INPUT')).toBe('bad_request');
    expect(codeOfGraphqlCode('SOMETHING_ELSE')).toBeUndefined();
  });
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
