export { AppError, type AppErrorOptions, defineErrors, maximumNamedErrors } from './app-error';
export { type GenericCode, genericErrors, graphqlCodeOf, isServerFault } from './codes';
export { toGraphqlError } from './graphql-error';
