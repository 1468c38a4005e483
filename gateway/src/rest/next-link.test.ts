import { nextLink } from './next-link';

it('keeps the parameters of the list and replaces the cursor', () => {
  expect(nextLink('/v1/products', { limit: '2', search: 'a&b', cursor: 'old' }, 'new=')).toEqual({
    link: '</v1/products?limit=2&search=a%26b&cursor=new%3D>; rel="next"',
  });
});

it.each(['c?', '?', 'a#b', 'a=b', 'a+b c', '50%', '>; rel="prev"', 'ü🎈'])(
  'means the same list for the search %j',
  (search) => {
    const { link = '' } = nextLink('/v1/products', { search, sort: 'PRICE_ASC' }, 'c');
    const url = new URL(/^<([^>]*)>; rel="next"$/.exec(link)?.[1] ?? '', 'http://shop');
    expect(Object.fromEntries(url.searchParams)).toEqual({ search, sort: 'PRICE_ASC', cursor: 'c' });
  },
);

it('adds the cursor to a list without parameters', () => {
  expect(nextLink('/v1/orders', {}, 'c')).toEqual({ link: '</v1/orders?cursor=c>; rel="next"' });
});

it('is empty on the last page', () => {
  expect(nextLink('/v1/orders', {}, null)).toEqual({});
});
