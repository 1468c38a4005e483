import { openStack } from './open-stack';
import { prepareDueDatabases } from './preparation';
import { recordOf, serviceNames } from './services';
import { startServices, supervisePostgres, type Stack, type StackService } from './stack';
import type { StackOptions } from './stack-options';
import { createTeardown, type Teardown } from './teardown';

/**
 * Starts a complete shop on this machine: PostgreSQL, keys, migrations, seed and the five services,
 * each in its own process. If any step fails, all started parts are stopped.
 *
 * @throws StackError in one line, with the fix
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const teardown = createTeardown();
  const { signal } = options;
  const abort = () => void teardown.run().catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run().catch(() => undefined);
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function start(options: StackOptions, teardown: Teardown): Promise<Stack> {
  const { restart = true, onNotice = () => undefined, onStep, signal } = options;
  const open = await openStack(options, teardown);
  const { plan, postgres, logs } = open;
  const supervision = { restart, onNotice, teardown };
  const supervisedPostgres = postgres && (await supervisePostgres(postgres, supervision));
  signal?.throwIfAborted();
  if (!options.isPrepared) await prepareDueDatabases(open);
  signal?.throwIfAborted();
  onStep?.('services', serviceNames.map((name) => `${name} ${plan.ports[name].join(' and ')}`).join(', '));
  const replicas = await startServices({ ...supervision, plan, logs });
  signal?.throwIfAborted();
  return {
    gatewayUrl: plan.urls.gateway,
    services: recordOf(serviceNames, (name) => replicas[name][0] as StackService),
    replicas,
    postgres: supervisedPostgres,
    databaseUrls: plan.databaseUrls,
    admin: plan.admin,
    dataDir: options.dataDir,
    stop: () => teardown.run(),
  };
}
