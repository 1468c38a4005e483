export { graphql, rest, type Answer, type GraphqlBody, type RequestOptions } from './clients';
