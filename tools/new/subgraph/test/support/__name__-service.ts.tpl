import { randomUUID } from 'node:crypto';
import { createServiceLogger } from '@shop/kit/service';
import { cloneDatabase } from '@shop/testkit/database';
import { graphql } from '@shop/testkit/http';
import { serviceCredential, serviceEnvironmentFor, userToken } from '@shop/testkit/keys';
import { load__Name__Settings } from '../../src/config';
import { start__Name__ } from '../../src/service';

export type __Name__Service = Awaited<ReturnType<typeof start__Name__Service>>;

/** The subgraph over HTTP with a database of its own. */
export async function start__Name__Service() {
  const database = await cloneDatabase('__name__');
  const settings = load__Name__Settings(serviceEnvironmentFor('__name__', database.url));
  const service = await start__Name__(settings, createServiceLogger('__name__', settings));
  const send = graphql(service.url);
  const headers = { 'x-service-authorization': `Bearer ${serviceCredential('gateway', '__name__')}` };

  return {
    /** Sends an operation as the gateway does, for a user with this role or for no user. */
    send: <Data>(operation: string, variables: object, role?: 'ADMIN' | 'CUSTOMER') => {
      const token = role && userToken({ userId: randomUUID(), role });
      return send<Data>(operation, { variables: { ...variables }, headers, ...(token && { token }) });
    },
    async stop() {
      await service.stop();
      await database.drop();
    },
  };
}
