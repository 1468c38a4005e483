export { openOperatedShop } from './open-operated-shop';
export type { OperatedShop, OperatorProgram } from './open-operated-shop';
export { StackError } from '../stack-error';
export { inheritedEnvironment } from '../config';
