export { AppError, type AppErrorOptions } from './app-error';
export { type GenericCode, genericErrors, graphqlCodeOf, isServerFault } from './codes';
export { defineErrors, maximumNamedErrors } from './define-errors';
export { toGraphqlError } from './graphql-error';
