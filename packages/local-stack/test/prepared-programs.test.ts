import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { temporaryDirectory } from './temporary-directory';

const checkouts = temporaryDirectory();

/** A checkout with this repository's tools and one package; a fresh clone has no node_modules. */
function checkout({ isInstalled, source = '' }: { isInstalled: boolean; source?: string }): string {
  const root = mkdtempSync(join(checkouts, 'checkout-'));
  cpSync(join(workspaceRoot, 'tools'), join(root, 'tools'), { recursive: true });
  cpSync(join(workspaceRoot, 'package-lock.json'), join(root, 'package-lock.json'));
  for (const folder of ['packages/one/src', 'subgraphs']) mkdirSync(join(root, folder), { recursive: true });
  const compilerOptions = { composite: true, rootDir: 'src', outDir: 'dist', types: [] };
  const compiler = { compilerOptions, include: ['src'] };
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({ files: [], references: [{ path: 'packages/one' }] }),
  );
  writeFileSync(join(root, 'packages/one/tsconfig.json'), JSON.stringify(compiler));
  writeFileSync(join(root, 'packages/one/src/main.ts'), source);
  if (isInstalled) symlinkSync(join(workspaceRoot, 'node_modules'), join(root, 'node_modules'));
  return root;
}

function run(root: string, args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/run.mjs', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr, text: stdout + stderr };
}

describe('npm start on a fresh clone', () => {
  it.each(['--help', '-h'])('prints its usage for %s without installing or building', (option) => {
    const { status, stdout, text } = run(checkout({ isInstalled: false }), ['start', option]);
    expect(status).toBe(0);
    expect(stdout).toContain('--fresh');
    expect(text).not.toMatch(/Installing|Building/);
  });

  it('rejects an unknown option before it installs', () => {
    const { status, text } = run(checkout({ isInstalled: false }), ['start', '--frsh']);
    expect([status, text]).toEqual([1, "Unknown option '--frsh'. See npm start -- --help\n"]);
  });

  it('names every invalid setting, with the value received, before it installs', () => {
    const env = { PORT: 'abc', USER_PORT: '70000', SEED_PRODUCTS: '-1', NODE_ENV: 'prod', LOG_LEVEL: 'loud' };
    const { status, text } = run(checkout({ isInstalled: false }), ['start'], { ...env, BCRYPT_COST: '1.5' });
    expect(status).toBe(1);
    expect(text).toMatch(/^6 setting\(s\)/);
    for (const [name, value] of Object.entries(env))
      expect(text).toContain(`${name}=${value} is not valid: it must be `);
    expect(text).not.toContain('Installing');
  });

  it('checks the settings of .env too; the environment takes precedence', () => {
    const root = checkout({ isInstalled: false });
    writeFileSync(join(root, '.env'), 'PORT=abc\nUSER_PORT=def\n');
    const { text } = run(root, ['start'], { USER_PORT: 'ghi' });
    expect(text).toContain('PORT=abc is not valid');
    expect(text).toContain('USER_PORT=ghi is not valid');
  });

  it('does not print the value of a setting that may be a secret', () => {
    const env = {
      ADMIN_PASSWORD: 'hunt2',
      USER_DATABASE_URL: '//user:hunt2@nowhere',
      SIMULATOR_WEBHOOK_SECRET: 'hunt2',
    };
    const { text } = run(checkout({ isInstalled: false }), ['start'], env);
    for (const name of Object.keys(env)) expect(text).toContain(`${name} is not valid`);
    expect(text).not.toContain('hunt2');
  });
});

describe('a TypeScript error', () => {
  it.each(['start', 'lint', 'test'])(
    'is printed by npm run %s with its file, line and message',
    (program) => {
      const source = "\nexport const count: number = 'many';\n";
      const { status, text } = run(checkout({ isInstalled: true, source }), [program]);
      expect(status).toBe(1);
      expect(text).toMatch(/main\.ts[(:]2[,:]14/);
      expect(text).toContain("Type 'string' is not assignable to type 'number'.");
    },
  );
});
