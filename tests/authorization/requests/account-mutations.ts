import { uniqueName } from '../fresh-data';
import { defineRequests, type GraphqlRequest } from './request';

/** The sessions in the arguments are sessions of the owner. */
export const accountMutations = defineRequests<GraphqlRequest>()({
  'Mutation.register': () => ({
    query: `mutation ($input: RegisterInput!) { result: register(input: $input) { __typename ... on Problem { code } } }`,
    variables: { input: { email: `${uniqueName()}@example.com`, password: 'P@ssw0rd' } },
  }),
  'Mutation.login': ({ credentials }) => ({
    query: `mutation ($input: LoginInput!) { result: login(input: $input) { __typename ... on Problem { code } } }`,
    variables: { input: credentials },
  }),
  'Mutation.refreshSession': async ({ fresh }) => ({
    query: `mutation ($token: String!) {
      result: refreshSession(refreshToken: $token) { __typename ... on Problem { code } }
    }`,
    variables: { token: (await fresh.session()).refreshToken },
  }),
  // The password stays the same, so that the owner can still log in. Other sessions end anyway.
  'Mutation.changePassword': async ({ fresh, state, credentials: { password } }) => {
    const session = await fresh.session();
    return {
      query: `mutation ($input: ChangePasswordInput!) {
        result: changePassword(input: $input) { __typename ... on Problem { code } }
      }`,
      variables: { input: { currentPassword: password, newPassword: password } },
      state: () => state.isOpen(session.id),
    };
  },
  'Mutation.logout': async ({ fresh, state }) => {
    const session = await fresh.session();
    return {
      query: 'mutation ($token: String!) { result: logout(refreshToken: $token) }',
      variables: { token: session.refreshToken },
      state: () => state.isOpen(session.id),
    };
  },
  'Mutation.revokeSession': async ({ fresh, state }) => {
    const { id } = await fresh.session();
    return {
      query: 'mutation ($id: ID!) { result: revokeSession(id: $id) }',
      variables: { id },
      state: () => state.isOpen(id),
    };
  },
  'Mutation.revokeAllSessions': async ({ fresh, state }) => {
    const { id } = await fresh.session();
    return { query: 'mutation { result: revokeAllSessions }', state: () => state.isOpen(id) };
  },
});
