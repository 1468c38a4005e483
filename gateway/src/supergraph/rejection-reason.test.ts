import { GraphQLError, parse } from 'graphql';
import { rejectionReason } from './supergraph';

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test.each([
  ['contains the position', errorOf(() => parse('type Query {')), /^line 1, column 13: Syntax Error/],
  [
    'contains the code',
    new GraphQLError('No.', { extensions: { code: 'INVALID_LINK' } }),
    /^INVALID_LINK: No\.$/,
  ],
  ['joins several errors', new AggregateError([new Error('One.'), new Error('Two.')]), /^One\.; Two\.$/],
])('rejectionReason %s', (_what, error, reason) => {
  expect(rejectionReason(error)).toMatch(reason);
});
