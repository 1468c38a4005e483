import { openapiDocument } from './rest/openapi/document';
import { openapiYaml } from './rest/openapi/yaml';
import { documentedRoutes } from './rest/routes';

/** `npm run generate` writes docs/openapi.yaml with it. */
process.stdout.write(openapiYaml(openapiDocument(documentedRoutes)));
