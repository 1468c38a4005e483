export type { OrderCase, OrderFact, PaymentFact, ProductFact } from './fact';
export { readFacts } from './fact-reader';
export type { FactReader } from './fact-reader';
export { orderCases } from './order-cases';
