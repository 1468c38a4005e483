import { resolve } from 'node:path';
import { CheckoutCopy } from '../../chaos/mutations/checkout-copy';

/** A copy of the checkout, to which the new subgraph is added. */
let copy: CheckoutCopy;
beforeAll(() => {
  copy = CheckoutCopy.of(resolve(__dirname, '../../..'));
});
afterAll(() => copy.remove());

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = copy.run(program, args);
  return { status, output: `${stdout}${stderr}` };
}

const passes = { status: 0, output: expect.any(String) };

describe('npm run new', () => {
  it.each([
    [['subgraph', 'Re-views'], 'Invalid name: Re-views.'],
    [['subgraph'], 'Invalid name: (none).'],
    [['subgraph', 'order'], 'subgraphs/order exists'],
    [['subgraph', 'gateway'], 'The name gateway is taken'],
    [['service', 'reviews'], 'Unknown kind: service.'],
  ])('rejects %j with the usage and writes nothing', (args, message) => {
    const { status, output } = run('tools/new.mjs', ...args);
    expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining(message) });
    expect(output).toContain('Usage: npm run new -- subgraph <name>');
  });

  it('writes a subgraph that composes, compiles, passes lint and passes its own test', () => {
    expect(run('tools/new.mjs', 'subgraph', 'reviews')).toEqual(passes);
    expect(run('tools/generate.mjs', '--schemas')).toEqual(passes);
    expect(run('node_modules/typescript/bin/tsc', '-b')).toEqual(passes);
    expect(run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json')).toEqual(passes);
    expect(run('tools/compose.mjs', '--check')).toEqual(passes);
    const written = ['subgraphs/reviews', 'codegen.ts', 'gateway/src/config.ts', 'supergraph.yaml'];
    expect(run('node_modules/prettier/bin/prettier.cjs', '--check', ...written)).toEqual(passes);
    expect(run('node_modules/eslint/bin/eslint.js', '--max-warnings', '0', 'subgraphs/reviews')).toEqual(
      passes,
    );
    expect(
      run('node_modules/jest/bin/jest.js', '--selectProjects', 'integration', '--', 'subgraphs/reviews'),
    ).toEqual(passes);
    expect(run('tools/new.mjs', 'subgraph', 'reviews')).toMatchObject({ status: 1 });
  });
});
