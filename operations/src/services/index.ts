export { runOperatorProgram } from './operator-program';
