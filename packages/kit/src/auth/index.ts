export {
  type AuthenticatedViewer,
  bearerToken,
  type IdentityService,
  requestBeganHeader,
  requireUser,
  tokenEvaluatedAtMs,
  type Viewer,
} from './viewer';
export { createTokenVerifier, type TokenVerifier } from './token-verifier';
export {
  createTokenSigner,
  type KeyRing,
  readKeyRing,
  type SigningKey,
  type TokenIssue,
  type TokenSigner,
} from './token-signer';
export {
  type FindRevokedSessions,
  pollRevokedSessions,
  remoteRevokedSessions,
  revocationRetentionSeconds,
  type RevokedSessions,
} from './revoked-sessions';
export { type PublicKeys, remoteJwks, staticJwks } from './jwks';
export {
  type ClockSkew,
  createServiceCredentials,
  createServiceCredentialVerifier,
  type ServiceCredentials,
  type ServiceCredentialVerifier,
} from './service-credential';
