export { createPeer } from './peer';
export type { CallOptions, Peer, PeerOptions } from './peer';
export { PeerError } from './peer-error';
