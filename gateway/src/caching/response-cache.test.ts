import { buildSchema, type GraphQLSchema, parse } from 'graphql';
import { RequestBudget } from '../context';
import type { ExecutionRequest, ExecutionResult } from '../execution/execution-request';
import { cacheResponses } from './response-cache';

const sdl = 'type Query { product(id: ID): Product } type Product { name: String }';
const schema = buildSchema(sdl);
const hints = new Map([['Query.product', 10]]);
const document = parse('query ($id: ID) { product(id: $id) { name } }');

interface Given {
  variables?: Record<string, unknown>;
  authorization?: string;
  text?: typeof document;
  schemaOf?: GraphQLSchema;
}

function requestOf({ variables, authorization, text = document, schemaOf = schema }: Given = {}) {
  const answer: { replayed: boolean; maxAgeSeconds?: number } = { replayed: false };
  const budget = new RequestBudget();
  const request = {
    ...{ schema: schemaOf, document: text, operation: text.definitions[0] },
    ...{ request: { variables }, context: { authorization, answer, budget } },
  };
  return { request: request as unknown as ExecutionRequest, answer, budget };
}

/** An executor that returns `results` in turn, the last one repeatedly, and counts its calls. */
function cacheOver(results: (ExecutionResult | Error)[], { isOn = true } = {}) {
  const execute = jest.fn(async () => {
    const result = results.length > 1 ? results.shift()! : results[0]!;
    await Promise.resolve();
    if (result instanceof Error) throw result;
    return result;
  });
  return { execute, run: cacheResponses(execute, { isOn, hintsOf: () => hints }) };
}

const named = (name: string): ExecutionResult => ({ data: { product: { name } } });
const failed = {
  data: { product: null },
  errors: [{ message: 'unavailable' }],
} as unknown as ExecutionResult;
const violating: ExecutionResult = { data: { product: null }, extensions: { valueCompletion: [{}] } };

describe('Cached responses', () => {
  it('are reused for equal variables, with their maximum age', async () => {
    const { execute, run } = cacheOver([named('a'), named('b')]);
    const given = { variables: { id: '1' } };
    const [first, second, other] = [
      requestOf(given),
      requestOf(given),
      requestOf({ variables: { id: '2' } }),
    ];
    expect(await run(first.request)).toEqual(named('a'));
    expect(await run(second.request)).toEqual(named('a'));
    expect(await run(other.request)).toEqual(named('b'));
    expect(execute).toHaveBeenCalledTimes(2);
    expect([first, second].map(({ answer }) => answer.maxAgeSeconds)).toEqual([10, 10]);
  });

  it('do not depend on variables that the operation does not declare, or on their order', async () => {
    const { execute, run } = cacheOver([named('a')]);
    for (const variables of [{ id: '1', n: 1 }, { n: 2, id: '1' }, { id: '1' }])
      await run(requestOf({ variables }).request);
    expect(execute).toHaveBeenCalledTimes(1);
  });

  it('distinguish values of different types', async () => {
    const { execute, run } = cacheOver([named('a')]);
    for (const id of ['1', 1, null, ['1'], undefined]) await run(requestOf({ variables: { id } }).request);
    expect(execute).toHaveBeenCalledTimes(5);
  });

  it('are shared with equal concurrent requests', async () => {
    const { execute, run } = cacheOver([named('a'), named('b')]);
    const responses = await Promise.all([1, 2, 3].map(() => run(requestOf().request)));
    expect(responses).toEqual([named('a'), named('a'), named('a')]);
    expect(execute).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['with errors', failed],
    ['that violates the schema', violating],
    ['that is an exception', new Error('broken')],
  ])('never include one %s, also for requests that wait for it', async (_name, result) => {
    const { execute, run } = cacheOver([result, named('a')]);
    const [first, waiting] = [requestOf(), requestOf()];
    const results = await Promise.allSettled([run(first.request), run(waiting.request)]);
    expect(first.answer.maxAgeSeconds).toBeUndefined();
    expect(results[1]).toEqual({ status: 'fulfilled', value: named('a') });
    expect(await run(requestOf().request)).toEqual(named('a'));
    expect(execute).toHaveBeenCalledTimes(2);
  });

  it('do not prolong the deadline of a request that has waited for a query that failed', async () => {
    jest.useFakeTimers();
    try {
      const execute = async () => {
        await new Promise((resolve) => void setTimeout(resolve, 1_000));
        return failed;
      };
      const run = cacheResponses(execute, { isOn: true, hintsOf: () => hints });
      const [first, waiting] = [requestOf(), requestOf()];
      const [startMs, responses] = [performance.now(), [run(first.request), run(waiting.request)]];
      await jest.advanceTimersByTimeAsync(1_000);
      expect(await responses[0]).toBe(failed);
      expect(waiting.budget.queryDeadlineMs(1_200)).toBe(startMs + 1_200);
      await jest.advanceTimersByTimeAsync(1_000);
      await responses[1];
    } finally {
      jest.useRealTimers();
    }
  });

  it('are neither used nor stored for a request with a token', async () => {
    const { execute, run } = cacheOver([named('a')]);
    const withToken = { authorization: 'Bearer invalid' };
    for (const given of [withToken, {}, withToken]) {
      const { request, answer } = requestOf(given);
      await run(request);
      expect(answer.maxAgeSeconds).toBe('authorization' in given ? 0 : 10);
    }
    expect(execute).toHaveBeenCalledTimes(3);
  });

  it('are not stored if the cache is off', async () => {
    const { execute, run } = cacheOver([named('a')], { isOn: false });
    const [first, second] = [requestOf(), requestOf()];
    await run(first.request);
    await run(second.request);
    expect(execute).toHaveBeenCalledTimes(2);
    expect(second.answer.maxAgeSeconds).toBe(0);
  });

  it('are not stored for variables longer than 4 KB', async () => {
    const { execute, run } = cacheOver([named('a')]);
    const variables = { id: 'x'.repeat(5_000) };
    await run(requestOf({ variables }).request);
    await run(requestOf({ variables }).request);
    expect(execute).toHaveBeenCalledTimes(2);
  });

  it('are not stored for an operation with a field that is not public', async () => {
    const { execute, run } = cacheOver([named('a')]);
    const text = parse('{ product { name } other: __typename me { name } }');
    const withMe = buildSchema(`${sdl} extend type Query { me: Product }`);
    const { request, answer } = requestOf({ text, schemaOf: withMe });
    await run(request);
    await run(request);
    expect(execute).toHaveBeenCalledTimes(2);
    expect(answer.maxAgeSeconds).toBeUndefined();
  });

  it('are not reused with another schema', async () => {
    const { execute, run } = cacheOver([named('a')]);
    await run(requestOf().request);
    await run(requestOf({ schemaOf: buildSchema(sdl) }).request);
    expect(execute).toHaveBeenCalledTimes(2);
  });
});
