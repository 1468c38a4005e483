import type { Finding } from '../manifests/finding';
import { type KubernetesObject, nameOf } from '../manifests/kubernetes-object';
import { type Model, loadBarmanConfiguration, models } from './models';
import { checkObjectStore } from './object-store';
import { trackReads } from './read-tracking';

/** Checks one object by the schema of its kind, which also knows all fields. */
export async function checkSchema(object: KubernetesObject): Promise<Finding[]> {
  const type = `${object.apiVersion} ${object.kind}`;
  if (type === 'barmancloud.cnpg.io/v1 ObjectStore') {
    const { spec } = object as { spec?: { configuration?: object } };
    return [
      ...checkObjectStore(object),
      ...validate(await loadBarmanConfiguration(), spec?.configuration ?? {}).map(atObjectStore),
    ];
  }
  const load = models[type];
  if (load)
    return validate(await load(), object).map((violation) => ({ ...violation, object: nameOf(object) }));
  const message = `No schema of "${type}" is known: correct apiVersion or kind, or add the kind to src/schema/models.ts`;
  return [{ rule: 'unknown-kind', object: nameOf(object), path: '/kind', message }];

  function atObjectStore(violation: Violation): Finding {
    return { ...violation, object: nameOf(object), path: `/spec/configuration${violation.path}` };
  }
}

type Violation = Omit<Finding, 'object'>;

function validate(model: Model, value: object): Violation[] {
  const tracked = trackReads(value);
  const violations = schemaErrors(model, tracked.proxy).map(
    ({ instancePath, message, params }): Violation => ({
      rule: 'schema',
      path: instancePath,
      message: `The value ${message} (${JSON.stringify(params)}): correct it`,
    }),
  );
  const unknownFields = tracked.unreadFields().map((path): Violation => ({
    rule: 'unknown-field',
    path,
    message: `The schema has no field "${path.slice(path.lastIndexOf('/') + 1)}" here: correct its name, or remove it`,
  }));
  return [...violations, ...unknownFields];
}

interface SchemaError {
  instancePath: string;
  message?: string;
  params: unknown;
}

function schemaErrors(model: Model, value: object): SchemaError[] {
  try {
    model.prototype.validate.call(value);
    return [];
  } catch (error) {
    const { errors } = error as { errors?: SchemaError[] };
    if (!errors) throw error;
    return errors;
  }
}
