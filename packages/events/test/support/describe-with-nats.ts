import { natsProgram } from '@shop/testkit/nats';

/** `describe` for what needs a real nats-server. Without one the tests are skipped, and their title says why. */
export function describeWithNats(title: string, tests: () => void): void {
  const remedy = 'apt-get install nats-server, or set NATS_SERVER_BIN';
  if (natsProgram()) describe(title, tests);
  // eslint-disable-next-line jest/no-disabled-tests -- skipped and said so, rather than passed without having run
  else describe.skip(`${title} (skipped: there is no nats-server here; ${remedy})`, tests);
}
