export { followSources } from './follow-sources';
