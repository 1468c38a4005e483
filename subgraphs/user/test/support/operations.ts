import { randomUUID } from 'node:crypto';

/** The client and the caller of an operation. */
export interface Call {
  accessToken?: string;
  address?: string;
  userAgent?: string;
  caller?: string;
}

export interface GraphqlResponse {
  status: number;
  // The shape depends on the query.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data?: any;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
}

export interface Customer {
  userId: string;
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
}

type Execute = (query: string, variables?: object, call?: Call) => Promise<GraphqlResponse>;

const resultFields = `__typename
  ... on AuthSession {
    accessToken refreshToken tokenType expiresInSeconds user { id email role createdAt updatedAt }
  }
  ... on Problem { code message }`;

export const uniqueEmail = () => `ann-${randomUUID()}@example.com`;

/** The subgraph's mutations; each returns its result object. */
export function operations(execute: Execute) {
  const run = async (field: string, query: string, variables: object, call?: Call) => {
    const { data, errors } = await execute(query, variables, call);
    if (errors) throw new Error(JSON.stringify(errors));
    return data[field];
  };
  const register = (input: object, call?: Call) =>
    run(
      'register',
      `mutation ($input: RegisterInput!) {
        register(input: $input) {
          ${resultFields} ... on InvalidInput { fields { path message } } ... on TooManyAttempts { retryAfterSeconds }
        }
      }`,
      { input },
      call,
    );

  return {
    register,
    login: ({ email, password }: { email: string; password: string }, call?: Call) =>
      run(
        'login',
        `mutation ($input: LoginInput!) {
          login(input: $input) { ${resultFields} ... on TooManyAttempts { retryAfterSeconds } }
        }`,
        { input: { email, password } },
        call,
      ),
    refresh: (refreshToken: string, call?: Call) =>
      run(
        'refreshSession',
        `mutation ($refreshToken: String!) { refreshSession(refreshToken: $refreshToken) { ${resultFields} } }`,
        { refreshToken },
        call,
      ),
    changePassword: (input: { currentPassword: string; newPassword: string }, call: Call) =>
      run(
        'changePassword',
        `mutation ($input: ChangePasswordInput!) {
          changePassword(input: $input) {
            __typename
            ... on ChangePasswordSuccess { user { id updatedAt } }
            ... on Problem { code message }
            ... on InvalidInput { fields { path message } }
            ... on TooManyAttempts { retryAfterSeconds }
          }
        }`,
        { input },
        call,
      ),
    logout: (refreshToken: string) =>
      run('logout', 'mutation ($refreshToken: String!) { logout(refreshToken: $refreshToken) }', {
        refreshToken,
      }),
    sessionsOf: async (accessToken: string) => {
      const query = '{ me { sessions { id createdAt lastUsedAt expiresAt userAgent current } } }';
      return (await run('me', query, {}, { accessToken })).sessions;
    },
    /** Registers a new customer. */
    async newCustomer(call?: Call): Promise<Customer> {
      const credentials = { email: uniqueEmail(), password: 'P@ssw0rd' };
      const { user, accessToken, refreshToken } = await register(credentials, call);
      return { userId: user.id, ...credentials, accessToken, refreshToken };
    },
  };
}
