import type { Violation } from '../manifests/violation';
import { type KubernetesObject, nameOf } from '../manifests/kubernetes-object';
import { type Model, loadBarmanConfiguration, models } from './models';
import { checkObjectStore } from './object-store';
import { trackReads } from './read-tracking';

/** Checks one object by the schema of its kind; reports unknown fields, too. */
export async function checkSchema(object: KubernetesObject): Promise<Violation[]> {
  const at = { object: nameOf(object) };
  const type = `${object.apiVersion} ${object.kind}`;
  if (type === 'barmancloud.cnpg.io/v1 ObjectStore') {
    const { spec } = object as { spec?: { configuration?: object } };
    const ofConfiguration = validate(await loadBarmanConfiguration(), spec?.configuration ?? {});
    return [
      ...checkObjectStore(object),
      ...ofConfiguration.map((rest) => ({ ...rest, ...at, path: `/spec/configuration${rest.path}` })),
    ];
  }
  const load = models[type];
  if (load) return validate(await load(), object).map((rest) => ({ ...rest, ...at }));
  const message = `There is no schema of "${type}": correct apiVersion or kind, or add the kind to src/schema/models.ts`;
  return [{ ...at, rule: 'unknown-kind', path: '/kind', message }];
}

/** A violation without the name of its object. */
type LocalViolation = Omit<Violation, 'object'>;

function validate(model: Model, value: object): LocalViolation[] {
  const tracked = trackReads(value);
  const violations = schemaErrors(model, tracked.proxy).map(
    ({ instancePath, message, params }): LocalViolation => ({
      rule: 'schema',
      path: instancePath,
      message: `The value ${message} (${JSON.stringify(params)}): correct it`,
    }),
  );
  const unknownFields = tracked.unreadFields().map((path): LocalViolation => ({
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
