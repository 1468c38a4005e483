import js from '@eslint/js';
import graphql from '@graphql-eslint/eslint-plugin';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts'];
const tests = ['**/*.test.ts', '**/test/**/*.ts', 'tests/**/*.ts', 'packages/testkit/**/*.ts'];

const settingsElsewhere = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Settings are read in config.ts only.',
};
const sqlElsewhere = {
  selector: "CallExpression[callee.property.name='query']",
  message: 'SQL belongs in a *.repository.ts.',
};

// Terms as they stand in camelCase, PascalCase, snake_case or kebab-case; not as a part of another word (production).
const shopTerms = 'cart|checkout|customer|login|order|payment|product|refund|sku|stock';
const inCapitals = shopTerms.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
const shopTerm = `/(^|[^A-Za-z])(${shopTerms})s?(?![a-z])|(${inCapitals}|SKU)s?(?![a-z])|CUSTOMER|ADMIN/`;
const shopTermsInKit = [
  `Identifier[name=${shopTerm}]`,
  `Literal[value=${shopTerm}]`,
  `TemplateElement[value.raw=${shopTerm}]`,
].map((selector) => ({ selector, message: 'kit knows nothing of shops: the name belongs in a subgraph.' }));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/generated/**', '**/node_modules/**', 'artifacts/**', '.data/**'] },
  {
    files: [...typescript, '**/*.mjs'],
    extends: [js.configs.recommended],
    rules: { 'no-console': 'error', eqeqeq: 'error' },
  },
  {
    files: typescript,
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          './packages/*/tsconfig.json',
          './subgraphs/*/tsconfig.json',
          './gateway/tsconfig.json',
          './operations/tsconfig.json',
          './tsconfig.tests.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { disallowTypeAnnotations: false, fixStyle: 'inline-type-imports' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Lazy loading keeps start-up short; each place says why.
      '@typescript-eslint/no-require-imports': 'off',
      // Ours are objects of closures, which need no `this`; classes are called on their instance.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // `async` states the interface even where one implementation does not wait.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', settingsElsewhere],
    },
  },
  {
    files: ['subgraphs/*/src/**/*.ts'],
    ignores: ['**/*.repository.ts', '**/migrations/*.ts'],
    rules: { 'no-restricted-syntax': ['error', settingsElsewhere, sqlElsewhere] },
  },
  {
    files: ['packages/kit/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', settingsElsewhere, ...shopTermsInKit] },
  },
  {
    files: ['packages/kit/src/**/config.ts', 'packages/kit/src/config/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...shopTermsInKit] },
  },
  {
    files: ['**/config.ts', '**/config/*.ts', 'codegen.ts', 'jest.config.ts', ...tests],
    ignores: ['packages/kit/src/**/!(*.test).ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // Programs of a terminal speak to it.
    files: ['tools/**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
  {
    files: tests,
    plugins: { jest },
    languageOptions: { globals: jest.environments.globals.globals },
    rules: {
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
      'jest/no-focused-tests': 'error',
      'jest/no-disabled-tests': 'error',
      'jest/no-identical-title': 'error',
      'jest/valid-expect': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['subgraphs/*/schema.graphql'],
    languageOptions: { parser: graphql.parser },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          DirectiveDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
        },
      ],
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
        },
      ],
    },
  },
);
