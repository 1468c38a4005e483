import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentedRoutes } from '../routes/index';
import { problemTypes } from '../shapes/problem-types';
import { openapiDocument, openapiYaml } from './document';

const document = openapiDocument(documentedRoutes) as unknown as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, unknown> };
  'x-problem-codes': Record<string, unknown>;
};

it('is valid OpenAPI 3.1', async () => {
  const { Validator } = await import('@seriousme/openapi-schema-validator');
  const result = await new Validator().validate(structuredClone(document));
  expect(result).toEqual({ valid: true });
});

it('has every route once', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(operations).toHaveLength(documentedRoutes.length);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(documentedRoutes.length);
});

it('refers to no schema that it does not have', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(references.length).toBeGreaterThan(50);
  for (const name of references) expect(document.components.schemas).toHaveProperty([String(name)]);
});

it('explains every problem type', () => {
  expect(Object.keys(document['x-problem-codes'])).toEqual(Object.keys(problemTypes));
});

it('is committed up to date, else run: npm run generate', async () => {
  const committed = await readFile(join(__dirname, '../../../../docs/openapi.yaml'), 'utf8');
  expect(committed).toBe(openapiYaml(document));
});
