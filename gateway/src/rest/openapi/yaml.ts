import { stringify } from 'yaml';

export function openapiYaml(document: object): string {
  // Anchors are valid YAML, but many readers of OpenAPI do not follow them.
  return stringify(document, { aliasDuplicateObjects: false });
}
