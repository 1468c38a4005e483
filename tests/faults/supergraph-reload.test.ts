import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import { graphql, rest } from '@shop/testkit/http';
import { samplesOf } from '@shop/testkit/metrics';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

const clients = 4;
const directory = mkdtempSync(join(tmpdir(), 'supergraph-'));
const file = join(directory, 'supergraph.graphql');
const composed = readFileSync(join(workspaceRoot, 'gateway/supergraph.graphql'), 'utf8');
/** An older supergraph, without the field Product.inStock. */
const older = composed.replace(/^ +"""[^"]*"""\n +inStock: .*$/m, '');

let stack: TestStack;
beforeAll(async () => {
  deploy(older);
  stack = await startTestStack({ seedProducts: 3, serviceEnv: { gateway: { SUPERGRAPH_FILE: file } } });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(directory, { recursive: true });
});

/** Replaces the file in one step, as a deployment does. */
function deploy(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

interface SupergraphState {
  version: string;
  refused?: { reason: string };
}

async function supergraph(): Promise<SupergraphState> {
  const { status, body } = await rest(stack.gatewayUrl)('GET', '/readyz');
  expect(status).toBe(200);
  return body['supergraph'] as SupergraphState;
}

/** What the alert SupergraphRejected reads. */
async function isRejectedByMetrics(): Promise<boolean> {
  const text = await (await fetch(`${stack.gatewayUrl}/metrics`)).text();
  return samplesOf(text).get('gateway_supergraph_rejected') === 1;
}

/**
 * Repeats requests until `isDone`. Each has another operation name, so that every request is
 * validated and planned.
 */
async function loadUntil(isDone: () => boolean) {
  const failures: unknown[] = [];
  let requests = 0;
  const sendRequests = async () => {
    while (!isDone()) {
      requests += 1;
      const query = `query Load${requests} { products { nodes { id priceCents: price { amountCents } } } }`;
      const [graph, facade] = await Promise.all([
        graphql(stack.gatewayUrl)(query),
        rest(stack.gatewayUrl)('GET', '/v1/products'),
      ]);
      if (graph.status !== 200 || graph.body.errors) failures.push(graph.body);
      if (facade.status !== 200) failures.push(facade.body);
    }
  };
  await Promise.all(Array.from({ length: clients }, sendRequests));
  return { failures, requests };
}

const invalidFiles: Record<string, { text: string; reason: RegExp }> = {
  'a truncated file': { text: composed.slice(0, composed.length / 2), reason: /line \d+/ },
  'a schema that is not a supergraph': { text: 'type Query { products: String }', reason: /./ },
  'an empty file': { text: '', reason: /./ },
};

describe('query plans', () => {
  const query = 'query Planned { products(first: 1) { nodes { id title: name } } }';
  const send = async () => {
    expect((await graphql(stack.gatewayUrl)(query)).body.errors).toBeUndefined();
    expect((await rest(stack.gatewayUrl)('GET', '/v1/products')).status).toBe(200);
  };
  /** Operations that had to wait for their plan. */
  const misses = async () => {
    const text = await (await fetch(`${stack.gatewayUrl}/metrics`)).text();
    return samplesOf(text).get('gateway_plan_cache_misses_total') ?? 0;
  };

  test('of the facade are made before the start, and of requested operations before a reload', async () => {
    expect(await misses()).toBe(0);
    await send();
    expect(await misses()).toBe(1);
    for (const text of [composed, older]) {
      const { version: before } = await supergraph();
      deploy(text);
      await eventually(async () => expect((await supergraph()).version).not.toBe(before));
      await send();
    }
    expect(await misses()).toBe(1);
  });
});

test('a document that the previous supergraph accepted is validated again', async () => {
  const statuses: number[] = [];
  for (const text of [composed, older]) {
    const { version: before } = await supergraph();
    deploy(text);
    await eventually(async () => expect((await supergraph()).version).not.toBe(before));
    for (let index = 0; index < 2; index += 1)
      statuses.push((await graphql(stack.gatewayUrl)('{ products(first: 1) { nodes { inStock } } }')).status);
  }
  expect(statuses).toEqual([200, 200, 400, 400]);
});

describe('supergraph reload under load', () => {
  test('no request fails during a reload, and the new field resolves afterwards', async () => {
    const newField = () => graphql(stack.gatewayUrl)('{ products(first: 1) { nodes { inStock } } }');
    expect((await newField()).status).toBe(400);
    let isDone = false;
    const load = loadUntil(() => isDone);
    for (const text of [composed, older, composed]) {
      const { version: before } = await supergraph();
      deploy(text);
      await eventually(async () => expect((await supergraph()).version).not.toBe(before));
    }
    expect((await newField()).body).toEqual({ data: { products: { nodes: [{ inStock: true }] } } });
    isDone = true;

    const { failures, requests } = await load;
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(clients);
  });

  test.each(Object.keys(invalidFiles))(
    'rejects and reports %s, and keeps the previous supergraph',
    async (name) => {
      const { text, reason } = invalidFiles[name]!;
      const { version } = await supergraph();
      let isDone = false;
      const load = loadUntil(() => isDone);

      deploy(text);
      await eventually(async () =>
        expect(await supergraph()).toMatchObject({
          version,
          refused: { reason: expect.stringMatching(reason) },
        }),
      );
      isDone = true;
      expect((await load).failures).toEqual([]);
      expect(await isRejectedByMetrics()).toBe(true);

      deploy(composed);
      await eventually(async () => expect((await supergraph()).refused).toBeUndefined());
      expect(await isRejectedByMetrics()).toBe(false);
    },
  );
});
