import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSecretSetting } from '@shop/kit/config';
import { workspaceRoot } from '@shop/local-stack/stack';
import { parse } from 'yaml';

interface ComposeFile {
  services: Record<
    string,
    { environment?: Record<string, unknown>; build?: { args: Record<string, string | null> } }
  >;
}

const read = (file: string) => readFileSync(join(workspaceRoot, file), 'utf8');
const composeFiles = ['compose', 'compose.infrastructure', 'compose.observability'].map(
  (name) => parse(read(`docker/${name}.yaml`), { merge: true, maxAliasCount: -1 }) as ComposeFile,
);
const services = composeFiles.flatMap((file) => Object.entries(file.services));
const buildArguments = services.find(([name]) => name === 'init')![1].build!.args;
const packageFile = JSON.parse(read('package.json')) as {
  version: string;
  devDependencies: Record<string, string>;
};

test('no service has a secret in its environment, only the paths of files', () => {
  const names = services.flatMap(([, { environment = {} }]) => Object.keys(environment));
  // Addresses without credentials, and settings about passwords.
  const others =
    /^((JWKS|USER|PRODUCT|ORDER|PAYMENT|SIMULATOR_WEBHOOK|TRACE|RUNBOOKS)_URL(_TEMPLATE)?|COMMON_PASSWORDS_ALLOWED|ADMIN_PASSWORD_RESET)$/;
  const secrets = names.filter((name) => isSecretSetting(name) && !others.test(name));

  expect(secrets).toEqual(expect.arrayContaining(['STRIPE_SECRET_KEY_FILE', 'DATABASE_URL_FILE']));
  expect(secrets.filter((name) => !/_(FILE|DIR)$/.test(name))).toEqual([]);
});

test('every build argument of the Dockerfile can be set', () => {
  const declared = [...read('docker/Dockerfile').matchAll(/^ARG (\w+)/gm)].map(([, name]) => name);

  expect(Object.keys(buildArguments)).toEqual(expect.arrayContaining(declared));
});

test('the base image is named once, with the Node version of the workspace', () => {
  const [, image] = /^ARG NODE_IMAGE=(.+)$/m.exec(read('docker/Dockerfile'))!;

  expect(image).toMatch(new RegExp(`^node:${packageFile.devDependencies['node']}-`));
  expect(buildArguments['NODE_IMAGE']).toBeNull();
});

test('the default of VERSION is the version of the packages', () => {
  expect(buildArguments['VERSION']).toBe(`\${VERSION:-${packageFile.version}}`);
});
