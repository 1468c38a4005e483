import type { SubgraphName } from '@shop/local-stack/stack';
import { createRandom, type Random } from '../../chaos/random/random';
import type { Operation } from './operation';
import type { Entity, Fault, Representation, SubgraphBody } from './recorded-subgraphs';

/** Operations whose fetches fail: a list of entities, nested lists, root fields of several subgraphs. */
const products = '{ orders { nodes { id items { name product { id sku price { amountCents } } } } } }';
const payments =
  '{ orders { nodes { id payments { id status refund { status } } amountDue { amountCents currency } user { email } } } }';
const account =
  '{ me { email orders(first: 3) { nodes { status total { amountCents } items { product { name stock } } } } } }';
const page = `query ($orderId: ID!) {
  me { email } products(first: 2) { nodes { sku } } order(id: $orderId) { status amountDue { amountCents } }
}`;
const aliases =
  '{ one: orders(first: 2) { nodes { items { product { sku } } } } two: orders(first: 3) { nodes { items { product { name } } } } }';

type Target = readonly [query: string, subgraph: SubgraphName, on: 'root' | 'entities'];

const targets: readonly Target[] = [
  [products, 'product', 'entities'],
  [products, 'order', 'root'],
  [payments, 'payment', 'entities'],
  [payments, 'user', 'entities'],
  [account, 'order', 'entities'],
  [page, 'order', 'root'],
  [aliases, 'product', 'entities'],
];

type Kind = Omit<Fault, 'subgraph' | 'on'>;

const error = (extensions: Record<string, unknown>, path?: (string | number)[]) => ({
  message: 'password=secret at 10.0.0.7:5432',
  ...(path && { path }),
  extensions,
});
const json = (value: unknown, status = 200): Kind => ({ instead: { status, text: JSON.stringify(value) } });

/** Of a whole response. */
const ofResponses: Readonly<Record<string, Kind>> = {
  'HTTP 500 with JSON': json({ message: 'failed' }, 500),
  'HTTP 503 with HTML': { instead: { status: 503, text: '<html>', contentType: 'text/html' } },
  'HTTP 404 with JSON': json({}, 404),
  'malformed JSON': { instead: { status: 200, text: '{"data": {' } },
  'a list': json([]),
  'null data': json({ data: null }),
  'null data and an error': json({ data: null, errors: [error({ code: 'INTERNAL_SERVER_ERROR' })] }),
  'an error of a known code without data': json({ errors: [error({ code: 'FORBIDDEN' })] }),
  'an error of an unknown code without data': json({
    errors: [error({ code: 'E_SECRET', stacktrace: ['at x'] })],
  }),
  'an error without extensions': json({ errors: [{ message: 'failed' }] }),
  'an error without a message': json({ errors: [{}] }),
  'no errors in the list of errors': { change: (body) => ({ ...body, errors: [] }) },
  'data and an error without a path': {
    change: (body) => ({ ...body, errors: [error({ code: 'NOT_FOUND' })] }),
  },
  extensions: { change: (body) => ({ ...body, extensions: { cost: 1, valueCompletion: 'secret' } }) },
  'a connection that is reset': { instead: 'reset' },
  'a response that is cut': { isCut: true },
};

const inEntity = (change: (value: Record<string, unknown>, random: Random) => unknown): Kind => ({
  changeEntity: ({ value, errors }, representation) => ({
    value: isObject(value) ? change(value, randomOf(representation)) : value,
    errors,
  }),
});
const sometimes = (random: Random) => random.below(2) === 0;

/** Of some or all entities of a response. */
const ofEntities: Readonly<Record<string, Kind>> = {
  'null for every entity': inEntity(() => null),
  'null for some entities': inEntity((value, random) => (sometimes(random) ? null : value)),
  'an error and null for some entities': {
    changeEntity: (entity, representation) =>
      sometimes(randomOf(representation))
        ? { value: null, errors: [error({ code: 'NOT_FOUND' }, [])] }
        : entity,
  },
  'an error for every entity': {
    changeEntity: () => ({ value: null, errors: [error({ code: 'E_SECRET' }, [])] }),
  },
  'an error and null for a field of each entity': {
    changeEntity: ({ value, errors }) => {
      const [name = 'none'] = Object.keys(isObject(value) ? value : {}).filter((one) => one !== '__typename');
      return {
        value: isObject(value) ? { ...value, [name]: null } : value,
        errors: [...errors, error({ code: 'FORBIDDEN' }, [name])],
      };
    },
  },
  'the name of another type': inEntity((value) => ({ ...value, __typename: 'Session' })),
  'the name of no type': inEntity((value) => ({ ...value, __typename: 'Nothing' })),
  'no name of a type': inEntity(({ __typename, ...value }) => value),
  'no fields for some entities': inEntity((value, random) => (sometimes(random) ? {} : value)),
  'fields that were not selected': inEntity((value) => ({ ...value, secret: 'secret', id: 'other' })),
  'a string for each entity': inEntity(() => 'text'),
};

/** Of the list of entities. */
const ofLists: Readonly<Record<string, Kind>> = {
  'null for the list of entities': { change: () => ({ data: { _entities: null } }) },
  'an empty list of entities': { change: () => ({ data: { _entities: [] } }) },
  'an object for the list of entities': { change: () => ({ data: { _entities: {} } }) },
};

/** Of which the stock gateway makes the wrong response, by the reason. */
const mishandled: Readonly<Record<string, Kind>> = {
  'ignores the errors in a response with HTTP 400': json(
    { errors: [error({ code: 'BAD_USER_INPUT' })] },
    400,
  ),
  'returns null without an error for a response without data and errors': json({}),
};

/** Differences on purpose, like `knownDifferences`. */
export function mishandledFaults(): (Operation & { reason: string })[] {
  return targets.flatMap(([query, subgraph, on]) =>
    Object.entries(mishandled).map(([title, kind]) => ({
      reason: `${title}, of ${subgraph} (${on}): ${query}`,
      query,
      fault: { ...kind, subgraph, on },
    })),
  );
}

/** Each fault with each operation that it affects. */
export function faultyOperations(): (Operation & { title: string })[] {
  return targets.flatMap(([query, subgraph, on]) => {
    const kinds = on === 'root' ? ofResponses : { ...ofResponses, ...ofEntities, ...ofLists };
    return Object.entries(kinds).map(([name, kind]) => ({
      title: `${name} from ${subgraph} (${on}): ${query}`,
      query,
      fault: { ...kind, subgraph, on },
    }));
  });
}

/** A subgraph that does not respond within the time limit of the gateway. */
export const hangingOperations: readonly Operation[] = [
  { query: account, fault: { subgraph: 'order', on: 'entities', instead: 'hang' } },
];

/** Changes random values of a subgraph's data, and adds errors for some of them. */
export function damagingFault(subgraph: SubgraphName, seed: string): Fault {
  return {
    subgraph,
    changeEntity: (entity, representation) => {
      const damaged = damage(entity.value, createRandom(seed + JSON.stringify(representation)));
      return { value: damaged.value, errors: [...entity.errors, ...damaged.errors] };
    },
    change: (body, { representations, query }) => {
      if (representations || !body.data) return body;
      const { value, errors } = damage(body.data, createRandom(seed + query));
      const all = [...(body.errors ?? []), ...errors];
      return {
        ...body,
        data: value as SubgraphBody['data'] & object,
        ...(all.length > 0 && { errors: all }),
      };
    },
  };
}

const codes = ['NOT_FOUND', 'FORBIDDEN', 'E_SECRET', 'INTERNAL_SERVER_ERROR'];

function damage(whole: unknown, random: Random): Entity {
  const errors: Entity['errors'] = [];

  function damaged(value: unknown, path: (string | number)[]): unknown {
    if (path.length > 0 && random.below(25) === 0) {
      if (random.below(2) === 0) return random.pick([null, undefined, 'text', 7, 1.5, true, 'EUR']);
      errors.push(error({ code: random.pick(codes) }, path));
      return null;
    }
    if (Array.isArray(value)) return value.map((inner, index) => damaged(inner, [...path, index]));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        name === '__typename' ? inner : damaged(inner, [...path, name]),
      ]),
    );
  }

  return { value: damaged(whole, []), errors };
}

function randomOf(representation: Representation): Random {
  return createRandom(JSON.stringify(representation));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
