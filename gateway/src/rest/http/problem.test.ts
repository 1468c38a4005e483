import { problemOfErrors, problemOfMember } from './problem';

describe('problemOfMember', () => {
  it('keeps the code and the message of the union member', () => {
    const problem = problemOfMember({ __typename: 'SkuTaken', code: 'sku_taken', message: 'Taken.' });
    expect(problem).toMatchObject({ code: 'sku_taken', message: 'Taken.', details: {} });
  });

  it('writes the paths of invalid fields as the facade writes its members', () => {
    const fields = [{ path: 'items.0.productId', message: 'unknown' }];
    const member = { __typename: 'InvalidInput', code: 'invalid_input', message: 'No.', fields };
    expect(problemOfMember(member).details).toEqual({
      errors: [{ path: 'items.0.product_id', message: 'unknown' }],
    });
  });

  it('carries the seconds to wait', () => {
    const member = {
      __typename: 'TooManyAttempts',
      code: 'too_many_attempts',
      message: 'Wait.',
      retryAfterSeconds: 7,
    };
    expect(problemOfMember(member).retryAfterSeconds).toBe(7);
  });

  it('masks a member whose code is not in the registry', () => {
    const problem = problemOfMember({ __typename: 'New', code: 'brand_new', message: 'SELECT 1' });
    expect(problem.code).toBe('internal');
    expect(problem.message).not.toContain('SELECT');
  });
});

describe('problemOfErrors', () => {
  it.each([
    ['UNAUTHENTICATED', 'unauthenticated'],
    ['FORBIDDEN', 'forbidden'],
    ['BAD_USER_INPUT', 'bad_request'],
    ['UPSTREAM_UNAVAILABLE', 'upstream_unavailable'],
    ['IDEMPOTENCY_IN_PROGRESS', 'idempotency_in_progress'],
    ['INTERNAL_SERVER_ERROR', 'internal'],
    ['GRAPHQL_VALIDATION_FAILED', 'internal'],
    [undefined, 'internal'],
  ])('makes of the GraphQL code %s the problem %s', (graphqlCode, code) => {
    expect(problemOfErrors([{ message: 'm', extensions: { code: graphqlCode } }]).code).toBe(code);
  });

  it('does not show the message of an internal error', () => {
    const problem = problemOfErrors([
      { message: 'password=1', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(problem.message).not.toContain('password');
  });
});
