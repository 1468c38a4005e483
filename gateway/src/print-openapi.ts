import { openapiDocument } from './rest/openapi/document';
import { openapiYaml } from './rest/openapi/yaml';
import { documentedRoutes } from './rest/routes';

/** Used by `npm run generate` to write docs/openapi.yaml. */
process.stdout.write(openapiYaml(openapiDocument(documentedRoutes)));
