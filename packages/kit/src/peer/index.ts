export { createPeer } from './peer';
export type { Peer, PeerOptions } from './peer';
export { PeerError } from './peer-error';
