import { subgraphNames } from '@shop/local-stack/stack';
import { documentedRoutes } from '../../gateway/src/rest/routes/index';
import {
  requestEntity,
  requestGatewayRoute,
  requestInternalOperation,
  requestRootField,
  requestSubgraphRoute,
} from './send-request';
import { clients, serviceCallers, cellsOf, operationCallers, entityCallers } from './columns';
import * as inventory from './inventory';
import {
  entityMatrix,
  internalOperationMatrix,
  operationalRouteMatrix,
  restRouteMatrix,
  rootFieldMatrix,
  subgraphRouteMatrix,
} from './matrix';
import { entities } from './requests/entities';
import { internalOperations } from './requests/internal-operations';
import { operationalRoutes } from './requests/operational-routes';
import { restRoutes } from './requests/rest-routes';
import { rootFields } from './requests/root-fields';
import { subgraphRoutes } from './requests/subgraph-routes';
import { fieldOf, partsOf, routeOf, subjectsOf } from './row-names';
import { openFixture, type Fixture } from './fixture';

const gatewayRoutes = { ...restRoutes, ...operationalRoutes };
const gatewayRouteMatrix = { ...restRouteMatrix, ...operationalRouteMatrix };

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

describe('authorization of a root field', () => {
  test.each(cellsOf(rootFieldMatrix, clients))('%s, sent by %s: %s', async (row, client, expected) => {
    const request = await rootFields[row](fixture);

    expect(await requestRootField(fixture, fieldOf(row), client, request)).toBe(expected);
  });
});

describe('authorization of an entity reference, sent directly to the subgraph', () => {
  test.each(cellsOf(entityMatrix, entityCallers))('%s, sent by %s: %s', async (row, caller, expected) => {
    const request = await entities[row](fixture);

    expect(await requestEntity(fixture, partsOf(row).subgraph, caller, request)).toBe(expected);
  });
});

describe('authorization of an internal operation', () => {
  test.each(cellsOf(internalOperationMatrix, operationCallers))(
    '%s, sent by %s: %s',
    async (row, caller, expected) => {
      const request = await internalOperations[row](fixture);

      expect(await requestInternalOperation(fixture, partsOf(row).subgraph, caller, request)).toBe(expected);
    },
  );
});

describe('authorization of a route of the gateway', () => {
  test.each(cellsOf(gatewayRouteMatrix, clients))('%s, sent by %s: %s', async (row, client, expected) => {
    const request = await gatewayRoutes[row](fixture);

    expect(await requestGatewayRoute(fixture, row, client, request)).toBe(expected);
  });
});

describe("authorization of a route of a subgraph's server", () => {
  test.each(cellsOf(subgraphRouteMatrix, serviceCallers))(
    '%s, sent by %s: %s',
    async (row, caller, expected) => {
      const { subgraph, name } = partsOf(row);
      const request = await subgraphRoutes[row](fixture);

      expect(await requestSubgraphRoute(fixture, subgraph, name, caller, request)).toBe(expected);
    },
  );
});

describe('the authorization matrices have exactly one row for each', () => {
  test('root field of the API schema', () => {
    expect(subjectsOf(rootFieldMatrix, fieldOf)).toEqual(inventory.publicRootFields.toSorted());
  });

  test('key of an entity', () => {
    expect(subjectsOf(entityMatrix)).toEqual(inventory.entityReferences.toSorted());
  });

  test('root field of a subgraph that the API schema does not contain', () => {
    expect(subjectsOf(internalOperationMatrix)).toEqual(inventory.internalOperations.toSorted());
  });

  test("route of the gateway's server", () => {
    expect(subjectsOf(gatewayRouteMatrix, routeOf)).toEqual(fixture.routes.routesOf('gateway'));
  });

  test.each(subgraphNames)('route of the server of %s', (subgraph) => {
    const rows = subjectsOf(subgraphRouteMatrix).map(partsOf);
    const routes = rows.filter((row) => row.subgraph === subgraph).map(({ name }) => name);
    expect(routes.toSorted()).toEqual(fixture.routes.routesOf(subgraph));
  });
});

describe('the documentation of the REST facade', () => {
  test.each(documentedRoutes.map((route) => [`${route.method} ${route.path}`, route.access] as const))(
    'documents the access of %s as the authorization matrix states it: %s',
    (name, access) => {
      const cells = Object.entries(restRouteMatrix).find(([row]) => row === name)?.[1] ?? [];
      const [anonymous, customer] = cells;

      // A route for owners accepts every customer, and returns 404 for data of others.
      if (access === 'anyone') expect(anonymous).not.toMatch(/^40[13]/);
      else expect(anonymous).toBe('401 unauthenticated');
      expect(customer === '403 forbidden').toBe(access === 'admin');
    },
  );
});
