import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { subgraphNames, workspaceRoot } from '@shop/local-stack/stack';
import { temporaryDirectory } from './temporary-directory';

const checkouts = temporaryDirectory();
const schemaOf = (subgraph: string) => `subgraphs/${subgraph}/schema.graphql`;
const composed = ['gateway/supergraph.graphql', 'gateway/api-schema.graphql'];

/** A checkout with the files that composition reads and writes. */
function checkout(): string {
  const root = mkdtempSync(join(checkouts, 'checkout-'));
  for (const path of ['tools', 'supergraph.yaml', ...subgraphNames.map(schemaOf), ...composed]) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    cpSync(join(workspaceRoot, path), join(root, path), { recursive: true });
  }
  symlinkSync(join(workspaceRoot, 'node_modules'), join(root, 'node_modules'));
  return root;
}

function compose(root: string, ...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['tools/compose.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stderr };
}

describe('npm run compose', () => {
  it('names file and line of a syntax error', () => {
    const root = checkout();
    const lines = readFileSync(join(root, schemaOf('order')), 'utf8').split('\n').length;
    appendFileSync(join(root, schemaOf('order')), 'type {\n');
    const { status, stderr } = compose(root);
    expect(status).toBe(1);
    expect(stderr).toContain(`${schemaOf('order')}:${lines}:6 `);
  });

  it('names file and line of a type that does not exist', () => {
    const root = checkout();
    const lines = readFileSync(join(root, schemaOf('order')), 'utf8').split('\n').length;
    appendFileSync(join(root, schemaOf('order')), 'type Parcel {\n  box: Nope\n}\n');
    expect(compose(root).stderr).toMatch(new RegExp(`${schemaOf('order')}:${lines + 1}:\\d+ .*Nope`));
  });

  it('names file and line in each subgraph of a composition conflict', () => {
    const root = checkout();
    const file = join(root, schemaOf('order'));
    writeFileSync(file, readFileSync(file, 'utf8').replace('amountCents: SafeInt!', 'amountCents: String!'));
    const { stderr } = compose(root);
    for (const subgraph of ['order', 'product', 'payment']) {
      const line =
        readFileSync(join(root, schemaOf(subgraph)), 'utf8')
          .split('\n')
          .findIndex((text) => text.includes('amountCents: ')) + 1;
      expect(stderr).toContain(`${schemaOf(subgraph)}:${line}:3`);
    }
  });

  it('names npm run generate when a committed file is stale', () => {
    const root = checkout();
    appendFileSync(join(root, composed[0] as string), '#\n');
    const { status, stderr } = compose(root, '--check');
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm run generate')]);
  });
});
