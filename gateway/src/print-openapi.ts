import { openapiDocument, openapiYaml } from './rest/openapi/document';
import { documentedRoutes } from './rest/routes/index';

/** Used by `npm run generate` to write docs/openapi.yaml. */
process.stdout.write(openapiYaml(openapiDocument(documentedRoutes)));
