export type { OrderCase, OrderRecord, PaymentRecord, ProductRecord } from './state-record';
export { readRecords } from './state-reader';
export type { StateReader } from './state-reader';
export { orderCases } from './order-cases';
