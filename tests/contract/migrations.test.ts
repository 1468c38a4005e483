import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');

interface Seed {
  name?: string;
  statements: string[];
  transaction?: boolean;
  released?: string[];
}

/** The problems that `npm run lint -- migrations` reports for a migration with these statements. */
function lint({ name = 'Seed1900000000001', statements, transaction, released = [] }: Seed): string[] {
  const script = `
    import { problemsOf } from '${join(root, 'tools/lint/migrations.mjs')}';
    class Seed {
      name = '${name}';
      transaction = ${String(transaction)};
      async up(runner) { for (const statement of ${JSON.stringify(statements)}) await runner.query(statement); }
    }
    const input = { root: '${root}', subgraph: 'seeded', migrations: [Seed], released: ${JSON.stringify(released)} };
    process.stdout.write(JSON.stringify(await problemsOf(input)));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-'], {
    input: script,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

describe('The linter of migrations', () => {
  it.each([
    ['adding-required-field', 'ALTER TABLE orders ADD COLUMN note text NOT NULL'],
    ['adding-not-nullable-field', 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL'],
    ['require-concurrent-index-creation', 'CREATE INDEX orders_note ON orders (note)'],
    [
      'ban-concurrent-index-creation-in-transaction',
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON orders (note)',
    ],
    ['ban-drop-column', 'ALTER TABLE orders DROP COLUMN note'],
    ['renaming-column', 'ALTER TABLE orders RENAME COLUMN note TO remark'],
    ['changing-column-type', 'ALTER TABLE orders ALTER COLUMN note TYPE jsonb USING note::jsonb'],
    ['constraint-missing-not-valid', 'ALTER TABLE orders ADD CONSTRAINT short CHECK (length(note) < 9)'],
  ])('reports %s for: %s', (rule, statement) => {
    const [problem] = lint({ statements: [statement] });
    expect(problem).toContain(`(${rule})`);
    expect(problem).toMatch(/^seeded-Seed1900000000001, line \d+ of its SQL: /);
  });

  it('accepts statements that do not block: a nullable column, an index and a constraint in steps', () => {
    expect(lint({ statements: ['ALTER TABLE orders ADD COLUMN note text'] })).toEqual([]);
    const statements = [
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note ON orders (note)',
      'ALTER TABLE orders DROP CONSTRAINT IF EXISTS short, ADD CONSTRAINT short CHECK (length(note) < 9) NOT VALID',
      'ALTER TABLE orders VALIDATE CONSTRAINT short',
    ];
    expect(lint({ statements, transaction: false })).toEqual([]);
  });

  it('accepts a deliberate exception that is written in the statement', () => {
    const statement = '-- squawk-ignore ban-drop-column\nALTER TABLE orders DROP COLUMN note';
    expect(lint({ statements: [statement] })).toEqual([]);
  });

  it('does not lint released migrations', () => {
    const statements = ['ALTER TABLE orders DROP COLUMN note'];
    expect(lint({ statements, released: ['Seed1900000000001'] })).toEqual([]);
  });

  it('reports a released migration that is missing, and a new one with a smaller number', () => {
    expect(lint({ statements: ['SELECT 1'], released: ['Former1900000000002'] })).toEqual([
      'seeded: Former1900000000002 was released: keep it in the list of migrations',
      'seeded: the number of Seed1900000000001 must be larger than those of all released migrations',
    ]);
  });

  it('reads the folders of subgraphs only, and no other files beside them', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'lint-migrations-'));
    try {
      mkdirSync(join(directory, 'subgraphs/seeded/dist'), { recursive: true });
      writeFileSync(join(directory, 'subgraphs/.DS_Store'), '');
      writeFileSync(
        join(directory, 'subgraphs/seeded/dist/data-source.js'),
        'exports.a = { migrations: [] };',
      );
      writeFileSync(
        join(directory, 'previous-release.json'),
        JSON.stringify({ migrations: { seeded: ['Missing1900000000001'] } }),
      );
      const { migrationProblems } = (await import(join(root, 'tools/lint/migrations.mjs'))) as {
        migrationProblems(root: string): Promise<string[]>;
      };
      expect(await migrationProblems(directory)).toEqual([
        'seeded: Missing1900000000001 was released: keep it in the list of migrations',
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
