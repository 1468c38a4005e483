export { requireUser } from './viewer';
export type { AuthenticatedViewer, IdentityService, Viewer } from './viewer';
export { createTokenVerifier } from './token-verifier';
export type { TokenVerifier } from './token-verifier';
export { createTokenSigner } from './token-signer';
export type { SigningKey, TokenIssue, TokenSigner } from './token-signer';
export { readKeyRing } from './key-ring';
export type { KeyRing } from './key-ring';
export {
  type FindRevokedSessions,
  pollRevokedSessions,
  remoteRevokedSessions,
  revocationRetentionSeconds,
  type RevokedSessions,
} from './revoked-sessions';
export { remoteJwks, staticJwks } from './jwks';
export type { PublicKeys } from './jwks';
export { createServiceCredentials, createServiceCredentialVerifier } from './service-credential';
export type { ClockSkew, ServiceCredentials, ServiceCredentialVerifier } from './service-credential';
export { requestBeganHeader, tokenEvaluatedAtMs } from './request-began';
export { bearerToken } from './bearer';
