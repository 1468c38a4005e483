export { clockShiftedBy } from './clock-shift';
