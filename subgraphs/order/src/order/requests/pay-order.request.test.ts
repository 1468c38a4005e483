import { isReturnUrl, maximumReturnUrlLength } from './pay-order.request';

describe('isReturnUrl', () => {
  it.each([
    'https://shop.example/checkout/return?order=1#paid',
    'http://localhost:3000/return',
    'http://127.0.0.1/return',
    'http://[::1]:3000/return',
    'https://shop.example?order=1',
  ])('accepts %s', (url) => expect(isReturnUrl(url)).toBe(true));

  it.each([
    '',
    '/checkout/return',
    'http://shop.example/return',
    'http://localhost.shop.example/return',
    'javascript:alert(1)',
    'myapp://return',
    'https://user:secret@shop.example/',
    'https://@shop.example/',
    'https:\\\\shop.example',
    'https://shop.example\\@other.example',
    'https:shop.example',
    'https:///shop.example',
    'https:/shop.example',
    ' https://shop.example/',
    'https://shop.example/\u0000',
    'https://shöp.example/',
    `https://shop.example/${'x'.repeat(maximumReturnUrlLength)}`,
  ])('rejects %j', (url) => expect(isReturnUrl(url)).toBe(false));
});
