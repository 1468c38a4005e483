// Writes tools/prepare/settings.json: the rules of all settings of `npm start`, from the zod
// schemas of the built workspaces, so that `npm start` can check them before zod is installed.
// `--print` writes to standard output instead.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isSecretSetting } from '@shop/kit/config';
import { stackSchema } from '@shop/local-stack/config';
import { subgraphNames } from '@shop/local-stack/stack';
import { format } from 'prettier';
import { root } from './prepare/workspace.mjs';

const require = createRequire(import.meta.url);
const built = (path) => require(join(root, path));

const schemas = [
  stackSchema,
  built('gateway/dist/config.js').schema,
  // Those of payment are checked together: its schema has no list of its entries.
  ...subgraphNames.map((name) => {
    const { serviceSchema, serviceEntries } = built(`subgraphs/${name}/dist/config.js`);
    return serviceEntries ?? serviceSchema;
  }),
];
/** `npm start` overrides these for each service. */
const setByStack = new RegExp(
  `^(DATABASE_URL|DATABASE_SESSION_URL|JWKS_URL|REVOKED_SESSIONS_URL|(${subgraphNames.join('|').toUpperCase()})_URL|LOG_FORMAT|SIGNING_KEYS_DIR|SERVICE_\\w+)$`,
);

/** The parts of JSON Schema that tools/prepare/settings.mjs checks. */
function ruleOf(name, { type, enum: values, minimum, maximum, minLength, format: shape }) {
  const isNumber = type === 'integer' || type === 'number';
  return {
    ...(isNumber && { type, minimum, maximum }),
    ...(values && { values }),
    ...(minLength && { minLength }),
    ...(['email', 'uri'].includes(shape) && { format: shape }),
    isSecret: isSecretSetting(name),
  };
}

const rules = {};
for (const schema of schemas) {
  const { properties } = schema.toJSONSchema({ io: 'output', unrepresentable: 'any' });
  for (const [name, property] of Object.entries(properties))
    if (!setByStack.test(name)) rules[name] ??= ruleOf(name, property);
}
const checked = Object.entries(rules).filter(([, rule]) => Object.keys(rule).length > 1);
const text = JSON.stringify(Object.fromEntries(checked.sort(([a], [b]) => (a < b ? -1 : 1))));
const formatted = await format(text, { parser: 'json', printWidth: 110 });
if (process.argv.includes('--print')) process.stdout.write(formatted);
else await writeFile(join(root, 'tools/prepare/settings.json'), formatted);
