import { GraphQLError, parse } from 'graphql';
import { whyRefused } from './rejection-reason';

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test.each([
  ['names the place', failureOf(() => parse('type Query {')), /^line 1, column 13: Syntax Error/],
  [
    'names the code',
    new GraphQLError('No.', { extensions: { code: 'INVALID_LINK' } }),
    /^INVALID_LINK: No\.$/,
  ],
  ['joins several', new AggregateError([new Error('One.'), new Error('Two.')]), /^One\.; Two\.$/],
])('The reason of a refusal %s', (_what, error, reason) => {
  expect(whyRefused(error)).toMatch(reason);
});
