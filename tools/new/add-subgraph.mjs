import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, getFileInfo, resolveConfig } from 'prettier';

const template = join(dirname(fileURLToPath(import.meta.url)), 'subgraph');

/**
 * Writes `subgraphs/<name>` and registers it in the composition, the build, the gateway and the local stack.
 *
 * @returns the path of its test, and the files that were changed
 */
export async function addSubgraph(root, name) {
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const values = valuesFor(name, read);
  const changes = registrations(read, values);
  const files = renderTemplate(values).map(([path, text]) => [join('subgraphs', name, path), text]);
  for (const [path, text] of [...files, ...Object.entries(changes)]) await write(root, path, text);
  linkWorkspace(root, name);
  return { test: `subgraphs/${name}/test/${name}.test.ts`, files: Object.keys(changes) };
}

/** What the placeholders of the template stand for, by their names. */
function valuesFor(name, read) {
  const entity = singularOf(name);
  const table = name === entity ? `${name}s` : name;
  const ports = [...read('packages/local-stack/src/services.ts').matchAll(/\bport: (\d+)/g)];
  const { dependencies } = JSON.parse(read('subgraphs/product/package.json'));
  return {
    ...{
      name,
      Name: capitalized(name),
      entity,
      Entity: capitalized(entity),
      table,
      Table: capitalized(table),
    },
    NAME: name.toUpperCase(),
    port: String(Math.max(...ports.map(([, port]) => Number(port))) + 1),
    timestamp: String(Date.now()),
    dataloader: dependencies.dataloader,
    graphql: dependencies.graphql,
    typeorm: dependencies.typeorm,
    zod: dependencies.zod,
  };
}

function singularOf(name) {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  return name.endsWith('s') && !name.endsWith('ss') && name.length > 3 ? name.slice(0, -1) : name;
}

const capitalized = (word) => word[0].toUpperCase() + word.slice(1);

/** [path, text] of each file. */
function renderTemplate(values) {
  return filesIn(template).map((file) => {
    const path = relative(template, file).replace(/\.tpl$/, '');
    return [render(path, values), render(readFileSync(file, 'utf8'), values)];
  });
}

function filesIn(directory) {
  return readdirSync(directory).flatMap((entry) => {
    const path = join(directory, entry);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

function render(text, values) {
  return text.replace(/__(\w+?)__/g, (placeholder, key) => {
    if (!(key in values)) throw new Error(`The template has an unknown placeholder: ${placeholder}`);
    return values[key];
  });
}

/** The new text of each file that lists the subgraphs. */
function registrations(read, { name, NAME, Name, Entity, entity, table, port }) {
  const afterLast = (path, pattern, line) => {
    const lines = read(path).split('\n');
    const at = lines.findLastIndex((text) => pattern.test(text));
    if (at < 0) throw new Error(`${path} has no line like ${pattern}: add the subgraph by hand.`);
    return lines.toSpliced(at + 1, 0, line).join('\n');
  };
  const gateway = 'gateway/src/config.ts';
  const withUrl = afterLast(
    gateway,
    /_URL: peerUrl\.default\(/,
    `  ${NAME}_URL: peerUrl.default('http://127.0.0.1:${port}/graphql'),`,
  );
  const urlsEnd = withUrl.search(/\n {2}\]\);\n\}/);
  if (urlsEnd < 0) throw new Error(`${gateway} has no end of subgraphUrls: add the subgraph by hand.`);
  return {
    [gateway]: `${withUrl.slice(0, urlsEnd)}\n    ['${name}', settings.${NAME}_URL],${withUrl.slice(urlsEnd)}`,
    'packages/local-stack/src/services.ts': afterLast(
      'packages/local-stack/src/services.ts',
      /\bport: \d+/,
      `  ${name}: { port: ${port}, database: '${table}' },`,
    ),
    'supergraph.yaml': `${read('supergraph.yaml').trimEnd()}
  ${name}:
    routing_url: http://127.0.0.1:${port}/graphql
    schema:
      file: ./subgraphs/${name}/schema.graphql
`,
    'codegen.ts': afterLast(
      'codegen.ts',
      /^const outputs: /,
      `  'subgraphs/${name}/src/generated/schema.ts': {
    schema: 'subgraphs/${name}/schema.graphql',
    ...resolverTypes('../context#${Name}Context', {
      ${Entity}: '../${entity}/${entity}.entity#${Entity} as ${Entity}Entity',
    }),
  },`,
    ),
    'tsconfig.json': withReference(read('tsconfig.json'), name),
    'package-lock.json': withLockedWorkspace(read('package-lock.json'), read, name),
    '.env.example': afterLast(
      '.env.example',
      /^#?[A-Z]+_URL=http:.*\/graphql$/,
      `#${NAME}_URL=http://127.0.0.1:${port}/graphql`,
    ),
  };
}

function withReference(text, name) {
  const config = JSON.parse(text);
  const at = config.references.findLastIndex(({ path }) => path.startsWith('subgraphs/'));
  config.references.splice(at + 1, 0, { path: `subgraphs/${name}` });
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** As `npm install` would write it, without a request to the registry. */
function withLockedWorkspace(text, read, name) {
  const lock = JSON.parse(text);
  const { dependencies } = lock.packages['subgraphs/product'];
  const used = ['@shop/access', '@shop/kit', 'dataloader', 'graphql', 'typeorm', 'zod'];
  lock.packages[`subgraphs/${name}`] = {
    ...{ name: `@shop/${name}`, version: lock.version, license: JSON.parse(read('package.json')).license },
    dependencies: Object.fromEntries(used.map((dependency) => [dependency, dependencies[dependency]])),
  };
  lock.packages[`node_modules/@shop/${name}`] = { resolved: `subgraphs/${name}`, link: true };
  const [[rootPath, rootPackage], ...others] = Object.entries(lock.packages);
  const sorted = others.sort(([a], [b]) => a.localeCompare(b, 'en'));
  return `${JSON.stringify({ ...lock, packages: { [rootPath]: rootPackage, ...Object.fromEntries(sorted) } }, null, 2)}\n`;
}

function linkWorkspace(root, name) {
  const link = join(root, 'node_modules/@shop', name);
  if (!existsSync(link)) symlinkSync(join('../../subgraphs', name), link);
}

async function write(root, path, text) {
  const file = join(root, path);
  const { ignored, inferredParser } = await getFileInfo(file, { ignorePath: join(root, '.prettierignore') });
  const isFormatted = !ignored && inferredParser !== null;
  const options = { ...(await resolveConfig(file)), filepath: file };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, isFormatted ? await format(text, options) : text);
}
