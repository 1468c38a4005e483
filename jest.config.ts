import type { Config } from 'jest';

/** Decorators as TypeScript's legacy ones, for the entities. */
const swcOptions = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
const transform: Config['transform'] = {
  // It imports packages that cannot be required.
  '/kubernetes-checks/src/schema/models\\.ts$': [
    '@swc/jest',
    { ...swcOptions, module: { type: 'commonjs', ignoreDynamic: true } },
  ],
  '^.+\\.ts$': ['@swc/jest', swcOptions],
};

const shared: Config = {
  transform,
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'json'],
  // Tests run on the sources; the services that a test stack starts are the built ones.
  moduleNameMapper: {
    '^@shop/access$': '<rootDir>/packages/access/src',
    '^@shop/(kit|events|local-stack|testkit)/(.+)$': '<rootDir>/packages/$1/src/$2',
    '^@shop/(user|product|order|payment)/state-export$': '<rootDir>/subgraphs/$1/src/operations/state-export',
    '^@shop/operations/(.+)$': '<rootDir>/operations/src/$1',
  },
};

const withDatabase: Config = {
  ...shared,
  globalSetup: '<rootDir>/packages/testkit/dist/jest/global-setup.js',
  globalTeardown: '<rootDir>/packages/testkit/dist/jest/global-teardown.js',
};

/** Tests of workspaces that start all processes: they run one at a time, with those of tests/. */
const wholeShop = ['rest/rest', 'resilience', 'hashing-limit'].map(
  (name) => `<rootDir>/gateway/test/${name}.test.ts`,
);

/** Total minutes of the files of a project on two cores; two files run at a time. */
const budgets = { unit: 4, integration: 18, contract: 2, e2e: 14, faults: 8, chaos: 3, containers: 4 };

const config: Config = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{packages,subgraphs}/*/src/**/*.test.ts',
        '<rootDir>/{gateway,operations}/src/**/*.test.ts',
      ],
    },
    {
      ...withDatabase,
      displayName: 'integration',
      testMatch: [
        '<rootDir>/{packages,subgraphs}/*/test/**/*.test.ts',
        '<rootDir>/{gateway,operations}/test/**/*.test.ts',
      ],
      testPathIgnorePatterns: ['/node_modules/', ...wholeShop],
    },
    { ...shared, displayName: 'contract', testMatch: ['<rootDir>/tests/contract/**/*.test.ts'] },
    {
      ...withDatabase,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/{e2e,authorization,bad-input,bench}/**/*.test.ts', ...wholeShop],
    },
    { ...withDatabase, displayName: 'faults', testMatch: ['<rootDir>/tests/faults/**/*.test.ts'] },
    // Needs the stack of `npm run stack -- up`.
    { ...shared, displayName: 'containers', testMatch: ['<rootDir>/tests/containers/**/*.test.ts'] },
    { ...shared, displayName: 'chaos', testMatch: ['<rootDir>/tests/chaos/**/*.test.ts'] },
  ],
  // So long that a machine with other work to do still gets there; what hangs is ended all the same.
  testTimeout: 180_000,
  maxWorkers: 2,
  reporters: [
    'default',
    ['jest-junit', { outputDirectory: 'artifacts', outputName: 'junit.xml' }],
    ['<rootDir>/tools/budget-reporter.mjs', budgets],
  ],
};

export default config;
