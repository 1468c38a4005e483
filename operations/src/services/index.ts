export { findChangedOrders } from './changed-orders';
export { runOperatorProgram } from './operator-program';
export { raiseWatermark, readWatermark } from './watermark';
