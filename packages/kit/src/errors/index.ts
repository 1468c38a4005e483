export { AppError } from './app-error';
export { errorRegistry, isErrorCode, codeOfGraphqlCode } from './error-registry';
export type { ErrorCode, ErrorEntry } from './error-registry';
export { maximumNamedErrors, problem } from './problem';
export { toGraphqlError } from './graphql-error';
export { tooManyLogins } from './too-many-logins';
