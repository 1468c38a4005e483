import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { databaseNames, type Stack } from '@shop/local-stack/stack';
import { currentTestRun } from '@shop/testkit/run';
import { expectInvariants } from '../../invariants';
import { registerAccount, logInAs } from '../../chaos/clients/account';
import { requestsTo } from '../../chaos/clients/request';
import { createAssortment } from '../../chaos/shop/assortment';
import { type ArchivedPostgres, startArchivedPostgres } from './archived-postgres';
import { createDataDir, killShop, startShopOn, urlsOf } from './restored-shop';

let postgres: ArchivedPostgres;
beforeAll(async () => {
  const directory = mkdtempSync(join(currentTestRun().directory, 'archived-'));
  postgres = await startArchivedPostgres(directory, Object.values(databaseNames));
});
afterAll(() => postgres.stop());

test('a base backup and the archived WAL restore the databases up to a restore point', async () => {
  const t = performance.now();
  const log = (text: string) => process.stderr.write(`${Math.round(performance.now() - t)} ${text}\n`);
  const dataDir = createDataDir();
  const stack = await startShopOn(urlsOf(postgres), { dataDir, isPrepared: false });
  log('started');
  const send = requestsTo(stack.gatewayUrl);
  const admin = await logInAs(send, stack.admin);
  const assortment = await createAssortment(admin);
  await registerAccount(send);
  log('assortment');
  await postgres.takeBaseBackup();
  log('backup');
  await postgres.createRestorePoint('t');
  await postgres.archiveAll();
  log('archived');
  await killShop(stack);
  await postgres.kill();
  log('killed');
  const restored = await postgres.restore('a', { name: 't' });
  log('restored');
  const again: Stack = await startShopOn(urlsOf(restored), { dataDir, isPrepared: true });
  log('restarted');
  await expectInvariants(again.databaseUrls);
  expect(assortment.plentiful).toHaveLength(20);
  await again.stop();
});
