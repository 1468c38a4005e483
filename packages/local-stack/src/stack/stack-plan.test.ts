import { originOf } from './stack-plan';

test.each([
  ['gateway', '127.0.0.1', 'http://127.0.0.1:8080'],
  ['gateway', '0.0.0.0', 'http://127.0.0.1:8080'],
  ['gateway', '::', 'http://127.0.0.1:8080'],
  ['gateway', '192.0.2.7', 'http://192.0.2.7:8080'],
  ['gateway', '2001:db8::7', 'http://[2001:db8::7]:8080'],
  ['order', '192.0.2.7', 'http://127.0.0.1:8080'],
] as const)('%s of a stack on %s is reached at %s', (service, host, origin) => {
  expect(originOf({ service, port: 8080, host })).toBe(origin);
});
