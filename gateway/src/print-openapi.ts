import { openapiDocument } from './rest/openapi/document';
import { openapiYaml } from './rest/openapi/yaml';
import { routes } from './rest/routes';

/** `npm run openapi -w gateway` keeps docs/openapi.yaml with it. */
process.stdout.write(openapiYaml(openapiDocument(routes)));
