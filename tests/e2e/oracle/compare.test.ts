import { type Answer, firstDifference } from './compare';

const nodes = [
  { id: 'o1', first: { sku: 'A' }, second: { sku: 'B' } },
  { id: 'o2', first: { sku: 'B' }, second: null },
];
const answer = (data: unknown, errors: Answer['body']['errors'] = [], extensions = {}): Answer => ({
  status: 200,
  body: { data, ...(errors.length > 0 && { errors }), extensions },
});
const failure = (code: string, path?: (string | number)[], message = 'Failed.') => ({
  message,
  ...(path && { path }),
  extensions: { code },
});
const healthy = answer({ nodes });
const withChange = (change: (copy: Record<string, unknown>[]) => void) => {
  const copy = structuredClone(nodes) as Record<string, unknown>[];
  change(copy);
  return answer({ nodes: copy });
};

describe('data', () => {
  it('is equal to itself', () => {
    expect(firstDifference(healthy, structuredClone(healthy))).toBeUndefined();
  });

  it.each<[string, string, Answer]>([
    ['an alias is missing', 'data.nodes.0', withChange(([one]) => delete one?.['second'])],
    [
      'two entities are exchanged',
      'data.nodes.0.first.sku',
      withChange(([one]) => Object.assign(one ?? {}, { first: one?.['second'], second: one?.['first'] })),
    ],
    [
      'fields have another order',
      'data.nodes.0',
      withChange((copy) => (copy[0] = { first: copy[0]?.['first'], second: copy[0]?.['second'], id: 'o1' })),
    ],
    ['a null is left out', 'data.nodes.1', withChange(([, two]) => delete two?.['second'])],
    ['an element is missing', 'data.nodes', withChange((copy) => copy.pop())],
    ['a number is a string', 'data.nodes.0.id', withChange(([one]) => Object.assign(one ?? {}, { id: 1 }))],
    ['a list is an object', 'data.nodes', answer({ nodes: { ...nodes } })],
    ['there is none', 'data', answer(undefined)],
  ])('differs if %s', (_title, at, ours) => {
    expect(firstDifference(ours, healthy)?.at).toMatch(new RegExp(`^${at.replaceAll('.', '\\.')}(,|$)`));
  });

  it('differs by the HTTP status', () => {
    expect(firstDifference({ ...healthy, status: 500 }, healthy)?.at).toBe('HTTP status');
  });
});

describe('errors', () => {
  const data = { nodes: [{ one: null, two: null }, { one: null }] };
  const stock = answer(data, [
    failure('NOT_FOUND', ['nodes', 0, 'one']),
    failure('E_SECRET', ['nodes', 1, 'one']),
  ]);

  it('are compared without order, and faults without their codes and messages', () => {
    const ours = answer(data, [
      failure('INTERNAL_SERVER_ERROR', ['nodes', 1, 'one'], 'Internal error.'),
      failure('NOT_FOUND', ['nodes', 0, 'one']),
    ]);
    expect(firstDifference(ours, stock)).toBeUndefined();
  });

  const fault = failure('INTERNAL_SERVER_ERROR', ['nodes', 1, 'one']);
  const notFound = failure('NOT_FOUND', ['nodes', 0, 'one']);
  it.each<[string, Answer['body']['errors']]>([
    ['one path is missing', [notFound]],
    ['a path is that of another object', [notFound, failure('INTERNAL_SERVER_ERROR', ['nodes', 0, 'two'])]],
    ['a path has no error', [notFound, failure('INTERNAL_SERVER_ERROR')]],
    ['a code differs', [failure('FORBIDDEN', ['nodes', 0, 'one']), fault]],
    ['a message differs', [failure('NOT_FOUND', ['nodes', 0, 'one'], 'Other.'), fault]],
    ['a known error is masked', [failure('INTERNAL_SERVER_ERROR', ['nodes', 0, 'one']), fault]],
    ['an error is reported twice', [notFound, fault, fault]],
    ['there is another error', [notFound, fault, failure('FORBIDDEN', ['nodes', 0, 'two'])]],
    ['there are none', []],
  ])('differ if %s', (_title, errors) => {
    expect(firstDifference(answer(data, errors), stock)?.at).toMatch(/^errors: /);
  });

  it('include the violations that the stock gateway has in an extension', () => {
    const violating = answer({ one: null }, [], { valueCompletion: [{ message: 'null', path: ['one'] }] });
    const ours = answer({ one: null }, [failure('INTERNAL_SERVER_ERROR', ['one'])]);
    expect(firstDifference(ours, violating)).toBeUndefined();
    expect(firstDifference(answer({ one: null }), violating)?.at).toBe('errors: one is missing');
  });
});

describe('errors of a whole fetch, which have no path in the stock response', () => {
  const before = answer({
    nodes: [
      { one: { id: 1 }, two: null },
      { one: { id: 2 }, two: null },
    ],
  });
  const data = {
    nodes: [
      { one: null, two: null },
      { one: null, two: null },
    ],
  };
  const stock = answer(data, [{ message: '500', extensions: { response: { status: 500 } } }]);
  const at = (...path: (string | number)[]) => failure('UPSTREAM_UNAVAILABLE', path);

  it('are expected at each null that the fetch left', () => {
    const ours = answer(data, [at('nodes', 0, 'one'), at('nodes', 1, 'one')]);
    expect(firstDifference(ours, stock, before)).toBeUndefined();
    expect(firstDifference(answer(data, [at('nodes')]), stock, before)).toBeDefined();
  });

  it.each<[string, Answer['body']['errors']]>([
    ['one null has no error', [at('nodes', 0, 'one')]],
    ['an error is at a value', [at('nodes', 0, 'one'), at('nodes', 1, 'one'), at('nodes', 0)]],
    ['an error is repeated', [at('nodes', 0, 'one'), at('nodes', 1, 'one'), at('nodes', 1, 'one')]],
    ['an error has another class', [at('nodes', 0, 'one'), failure('NOT_FOUND', ['nodes', 1, 'one'])]],
    ['there is none', []],
  ])('differ if %s', (_title, errors) => {
    expect(firstDifference(answer(data, errors), stock, before)?.at).toMatch(/^errors: /);
  });
});
