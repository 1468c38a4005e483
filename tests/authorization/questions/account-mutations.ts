import { uniqueWord } from '../fresh-data';
import { defineQuestions, type GraphQuestion } from './question';

/** Sessions are the owner's: whoever ends one ends the owner's. */
export const accountMutations = defineQuestions<GraphQuestion>()({
  'Mutation.register': () => ({
    query: `mutation ($input: RegisterInput!) { result: register(input: $input) { __typename ... on Problem { code } } }`,
    variables: { input: { email: `${uniqueWord()}@example.com`, password: 'P@ssw0rd' } },
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
  // To the same password, so that the owner can still log in for the other rows; other sessions end nevertheless.
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
