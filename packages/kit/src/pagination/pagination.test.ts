import { AppError } from '../errors';
import { connection, encodeCursor, pageRequest } from '.';

const list = {
  sort: 'PRICE',
  isValid: (values: unknown[]) => values.length === 1 && typeof values[0] === 'number',
};

describe('pageRequest', () => {
  test.each([
    [{ first: 0 }, /first must be between 1 and 100, not 0/],
    [{ first: 101 }, /first must be between 1 and 100, not 101/],
    [{ last: -1 }, /last must be between 1 and 100, not -1/],
  ])('rejects %j with the limit in the message', (args, message) => {
    expect(() => pageRequest(args, list)).toThrow(message);
  });

  test.each([
    'nonsense',
    '%%%',
    Buffer.from('{}').toString('base64url'),
    encodeCursor('NAME', [5]),
    encodeCursor('PRICE', ['5']),
  ])('rejects the cursor %s, which is not of this list', (after) => {
    expect(() => pageRequest({ first: 1, after }, list)).toThrow(AppError);
  });

  test('prefers `last`, because `first` has a default', () => {
    expect(pageRequest({ first: 20, last: 5 }, list)).toMatchObject({ limit: 5, backward: true });
  });

  test('decodes the values of the cursor', () => {
    expect(pageRequest({ first: 2, after: encodeCursor('PRICE', [7]) }, list).after).toEqual([7]);
  });
});

describe('connection', () => {
  const cursorOf = (node: number) => String(node);

  test('removes the extra row and sets hasNextPage', () => {
    const page = connection([1, 2, 3], { limit: 2, backward: false }, cursorOf);

    expect(page.nodes).toEqual([1, 2]);
    expect(page.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: '1',
      endCursor: '2',
    });
  });

  test('reverses a backward page', () => {
    const page = connection([3, 2, 1], { limit: 2, backward: true, before: [4] }, cursorOf);

    expect(page.nodes).toEqual([2, 3]);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  test('has null cursors if it is empty', () => {
    expect(connection([], { limit: 2, backward: false }, cursorOf).pageInfo).toMatchObject({
      startCursor: null,
      endCursor: null,
    });
  });
});
