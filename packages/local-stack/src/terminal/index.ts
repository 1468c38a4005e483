export { banner } from './banner';
export { isAlarming, prettyLog } from './pretty-log';
export { showProgress, type Progress } from './progress';
