import { subgraphNames } from '@shop/local-stack/stack';
import { documentedRoutes } from '../../gateway/src/rest/routes/index';
import { askEntity, askGateway, askInternalOperation, askRootField, askSubgraph } from './ask';
import { bearers, callers, cellsOf, operators, referrers } from './columns';
import * as inventory from './inventory';
import {
  entityMatrix,
  internalOperationMatrix,
  operationalRouteMatrix,
  restRouteMatrix,
  rootFieldMatrix,
  subgraphRouteMatrix,
} from './matrix';
import { entities } from './questions/entities';
import { internalOperations } from './questions/internal-operations';
import { operationalRoutes } from './questions/operational-routes';
import { restRoutes } from './questions/rest-routes';
import { rootFields } from './questions/root-fields';
import { subgraphRoutes } from './questions/subgraph-routes';
import { fieldOf, partsOf, routeOf, subjectsOf } from './row-names';
import { openScene, type Scene } from './scene';

const gatewayRoutes = { ...restRoutes, ...operationalRoutes };
const gatewayRouteMatrix = { ...restRouteMatrix, ...operationalRouteMatrix };

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

describe('a root field of the graph', () => {
  test.each(cellsOf(rootFieldMatrix, bearers))('%s, for %s: %s', async (row, bearer, expected) => {
    const question = await rootFields[row](scene);

    expect(await askRootField(scene, fieldOf(row), bearer, question)).toBe(expected);
  });
});

describe('an entity reference, sent directly to the subgraph', () => {
  test.each(cellsOf(entityMatrix, referrers))('%s, for %s: %s', async (row, referrer, expected) => {
    const question = await entities[row](scene);

    expect(await askEntity(scene, partsOf(row).subgraph, referrer, question)).toBe(expected);
  });
});

describe('an internal operation', () => {
  test.each(cellsOf(internalOperationMatrix, operators))(
    '%s, for %s: %s',
    async (row, operator, expected) => {
      const question = await internalOperations[row](scene);

      expect(await askInternalOperation(scene, partsOf(row).subgraph, operator, question)).toBe(expected);
    },
  );
});

describe('a route of the gateway', () => {
  test.each(cellsOf(gatewayRouteMatrix, bearers))('%s, for %s: %s', async (row, bearer, expected) => {
    const question = await gatewayRoutes[row](scene);

    expect(await askGateway(scene, row, bearer, question)).toBe(expected);
  });
});

describe("a route of a subgraph's server", () => {
  test.each(cellsOf(subgraphRouteMatrix, callers))('%s, for %s: %s', async (row, caller, expected) => {
    const { subgraph, name } = partsOf(row);
    const question = await subgraphRoutes[row](scene);

    expect(await askSubgraph(scene, subgraph, name, caller, question)).toBe(expected);
  });
});

describe('the authorization matrices have exactly one row for each', () => {
  test('root field of the public graph', () => {
    expect(subjectsOf(rootFieldMatrix, fieldOf)).toEqual(inventory.publicRootFields.toSorted());
  });

  test('key of an entity', () => {
    expect(subjectsOf(entityMatrix)).toEqual(inventory.entityReferences.toSorted());
  });

  test('root field of a subgraph that the public graph hides', () => {
    expect(subjectsOf(internalOperationMatrix)).toEqual(inventory.internalOperations.toSorted());
  });

  test("route of the gateway's server", () => {
    expect(subjectsOf(gatewayRouteMatrix, routeOf)).toEqual(scene.routes.routesOf('gateway'));
  });

  test.each(subgraphNames)('route of the server of %s', (subgraph) => {
    const rows = subjectsOf(subgraphRouteMatrix).map(partsOf);
    const routes = rows.filter((row) => row.subgraph === subgraph).map(({ name }) => name);
    expect(routes.toSorted()).toEqual(scene.routes.routesOf(subgraph));
  });
});

describe('the documentation of the REST facade', () => {
  test.each(documentedRoutes.map((route) => [`${route.method} ${route.path}`, route.access] as const))(
    'documents the access of %s as the authorization matrix states it: %s',
    (name, access) => {
      const cells = Object.entries(restRouteMatrix).find(([row]) => row === name)?.[1] ?? [];
      const [anonymous, customer] = cells;

      // Owners are among those who have signed in; to the others, what is not theirs does not exist.
      if (access === 'anyone') expect(anonymous).not.toMatch(/^40[13]/);
      else expect(anonymous).toBe('401 unauthenticated');
      expect(customer === '403 forbidden').toBe(access === 'admin');
    },
  );
});
