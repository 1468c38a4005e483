import { nextLink } from './next-link';

it('keeps the parameters of the list and replaces the cursor', () => {
  expect(nextLink('/v1/products?limit=2&search=a%26b&cursor=old', 'new=')).toEqual({
    link: '</v1/products?limit=2&search=a%26b&cursor=new%3D>; rel="next"',
  });
});

it('adds the cursor to a list without parameters', () => {
  expect(nextLink('/v1/orders', 'c')).toEqual({ link: '</v1/orders?cursor=c>; rel="next"' });
});

it('is empty on the last page', () => {
  expect(nextLink('/v1/orders', null)).toEqual({});
});
