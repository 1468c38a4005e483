// Reads the operations of known clients, now and at the last release.
import { globSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { Kind, parse, print, separateOperations } from 'graphql';

export const releasedOperationsFile = 'schema/released/operations.json';

/**
 * The operations of every known client, and those that services send to each other (`subgraph`: to
 * which one). Those of the last release are included, because during an upgrade processes of the
 * previous version send them to the new subgraphs; `isFirst`: there was no release.
 *
 * @returns {Array<{ client: string, name: string, type: string, subgraph?: string,
 *   document: import('graphql').DocumentNode, isCurrent: boolean, isReleased: boolean }>} each
 *   operation once
 * @throws Error with the file, if a file cannot be read
 */
export function readKnownOperations(root, isFirst) {
  const current = readCurrentOperations(root);
  const keys = new Set(current.map(keyOf));
  const released = isFirst ? [] : readManifest(root, releasedOperationsFile, 'unknown client');
  const releasedKeys = new Set(released.map(keyOf));
  return [
    ...current.map((operation) => ({
      ...operation,
      isCurrent: true,
      isReleased: releasedKeys.has(keyOf(operation)),
    })),
    ...released
      .filter((operation) => !keys.has(keyOf(operation)))
      .map((operation) => ({ ...operation, isCurrent: false, isReleased: true })),
  ];
}

function readCurrentOperations(root) {
  const filesOf = (pattern) => globSync(pattern, { cwd: root }).sort();
  return [
    ...readManifest(root, 'gateway/persisted-operations.json', 'REST facade'),
    ...filesOf('gateway/explorer/operations/*.graphql').flatMap((file) =>
      readOperations(root, file, 'explorer'),
    ),
    ...filesOf('schema/clients/*.json').flatMap((file) => readManifest(root, file, basename(file, '.json'))),
    ...filesOf('subgraphs/*/src/clients/*.graphql').flatMap((file) =>
      readOperations(root, file, `${file.split(sep)[1]} service`, basename(file, '.graphql')),
    ),
  ];
}

/** The text of a manifest, in the format of Apollo's tools with the additional property `subgraph`. */
export function manifestText(operations) {
  const entries = operations.map(({ client, name, type, subgraph, document }) => ({
    id: `${client}/${name}`,
    name,
    type,
    body: print(document),
    clientName: client,
    subgraph,
  }));
  const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations: entries };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function readManifest(root, file, client) {
  return describingFile(file, () => {
    const { operations } = JSON.parse(readFileSync(join(root, file), 'utf8'));
    if (!Array.isArray(operations)) throw new Error('"operations" is missing');
    return operations.map(({ name, type, body, clientName, subgraph }) => ({
      client: clientName ?? client,
      name,
      type,
      subgraph,
      document: parse(body),
    }));
  });
}

function readOperations(root, file, client, subgraph) {
  return describingFile(file, () => {
    const document = parse(readFileSync(join(root, file), 'utf8'));
    const separate = separateOperations(document);
    return document.definitions
      .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
      .map(({ name, operation: type }) => ({
        ...{ client, type, subgraph },
        name: name?.value ?? basename(file, '.graphql'),
        document: separate[name?.value ?? ''],
      }));
  });
}

function describingFile(file, read) {
  try {
    return read();
  } catch (error) {
    throw new Error(`${file} has no operations that can be read: ${error.message}`, { cause: error });
  }
}

function keyOf({ client, name, document }) {
  return JSON.stringify([client, name, print(document)]);
}
